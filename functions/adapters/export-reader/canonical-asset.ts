import type { CanonicalProject } from '../../core/normalize/canonical-project.ts';
import { canonicalComputeName } from '../../core/normalize/canonical-project.ts';
import { type Asset, latest } from './asset-collector.ts';
import type { AssetValue } from './parse-asset-value.ts';

const projectInName = /^(\/\/[^/]+\/projects\/)([^/]+)/;

/** The project that an asset's name lies in, as it is spelled there; undefined for names without one. */
export function projectInAssetName(name: string): string | undefined {
  return projectInName.exec(name)?.[2];
}

/** An asset's name with the canonical name of its project. */
export function canonicalAssetName(name: string, canonical: CanonicalProject): string {
  const project = projectInAssetName(name);
  if (project === undefined || canonical(project) === project) return name;
  return name.replace(projectInName, (_, before: string) => before + canonical(project));
}

/** Assets by canonical name: what is said of one by its project's id and by its number contends as one. */
export function mergeAssets(
  assets: ReadonlyMap<string, Asset>,
  canonical: CanonicalProject,
): ReadonlyMap<string, Asset> {
  const misspelled = [...assets.values()].filter(
    ({ project }) => project !== undefined && canonical(project) !== project,
  );
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
    case 'service':
      return { kind: value.kind, service: rename(value.service, canonical) };
    case 'neg':
      return { kind: value.kind, neg: rename(value.neg, canonical) };
    case 'backend': {
      const groups = value.backend.groups.map((group) => canonicalComputeName(group, canonical) ?? group);
      return { kind: value.kind, backend: { ...rename(value.backend, canonical), groups: [...new Set(groups)] } };
    }
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
