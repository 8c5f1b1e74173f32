import type { CanonicalProject } from '../../core/estate/normalize/canonical-project.ts';
import { canonicalComputeName } from '../../core/estate/normalize/canonical-project.ts';
import { type Asset, latest } from './asset-collector.ts';
import { canonicalAssetName } from './asset-name.ts';
import type { AssetValue } from './parse-asset-value.ts';

/** Assets by canonical name: what is said of one by its project's id and by its number contends as one. */
export function mergeAssets(
  assets: ReadonlyMap<string, Asset>,
  canonical: CanonicalProject,
): ReadonlyMap<string, Asset> {
  const misspelled: Asset[] = [];
  for (const asset of assets.values()) {
    if (asset.project !== undefined && canonical(asset.project) !== asset.project) misspelled.push(asset);
  }
  if (misspelled.length === 0) return assets;
  const merged = new Map(assets);
  for (const asset of misspelled) {
    const name = canonicalAssetName(asset.name, canonical);
    const twin = merged.get(name);
    merged.delete(asset.name);
    merged.set(name, {
      name,
      kind: asset.kind,
      project: asset.project && canonical(asset.project),
      resource: latest(twin?.resource, asset.resource),
      policy: latest(twin?.policy, asset.policy),
      deletion: latest(twin?.deletion, asset.deletion),
    });
  }
  return merged;
}

/** The content with canonical project names, in its own name and in those that it refers to. */
export function canonicalValue(value: AssetValue, canonical: CanonicalProject): AssetValue {
  switch (value.kind) {
    case 'service': {
      const service = rename(value.service, canonical);
      return service === value.service ? value : { kind: value.kind, service };
    }
    case 'neg': {
      const neg = rename(value.neg, canonical);
      return neg === value.neg ? value : { kind: value.kind, neg };
    }
    case 'backend': {
      const groups = value.backend.groups.map((group) => canonicalComputeName(group, canonical) ?? group);
      return { kind: value.kind, backend: { ...rename(value.backend, canonical), groups: [...new Set(groups)] } };
    }
    case 'proxy': {
      const { name, urlMap, certificates, ...rest } = value.proxy;
      const proxy = {
        ...rest,
        name: canonicalAssetName(name, canonical),
        ...(urlMap === undefined ? {} : { urlMap: canonicalAssetName(urlMap, canonical) }),
        ...(certificates ? { certificates: certificates.map((one) => canonicalAssetName(one, canonical)) } : {}),
      };
      return { kind: value.kind, proxy };
    }
    case 'forwarding-rule': {
      if (!value.rule) return value;
      const rule = { ...rename(value.rule, canonical), proxy: canonicalAssetName(value.rule.proxy, canonical) };
      return { kind: value.kind, rule };
    }
    case 'certificate': {
      const name = canonicalAssetName(value.certificate.name, canonical);
      return { kind: value.kind, certificate: { ...value.certificate, name } };
    }
    case 'subscription':
      return value.subscription ? { kind: value.kind, subscription: rename(value.subscription, canonical) } : value;
    default:
      return value;
  }
}

function rename<T extends { readonly name: string; readonly project: string }>(
  thing: T,
  canonical: CanonicalProject,
): T {
  const project = canonical(thing.project);
  return project === thing.project ? thing : { ...thing, name: canonicalAssetName(thing.name, canonical), project };
}
