import type { Policy } from '../../core/inventory.ts';
import { projectInAssetName } from './asset-name.ts';
import { compareInstants } from './instant.ts';
import { createInterner } from './interner.ts';
import type { AssetLine } from './parse-asset-line.ts';
import { createPolicyParser } from './parse-asset-policy.ts';
import { type AssetKind, type AssetValue, assetKindOf, parseAssetValue } from './parse-asset-value.ts';

/** What one line says of one asset. Later instants win, then later lines. */
export interface Claim<T> {
  readonly updateTime: string;
  /** Lines are counted through all files. */
  readonly line: number;
  /** Undefined: the line says something that could not be understood. */
  readonly value: T | undefined;
  readonly ancestors: readonly string[] | undefined;
}

/** The claims that stand for one asset: its RESOURCE, its IAM_POLICY and its deletion contend by time. */
export interface Asset {
  readonly name: string;
  readonly kind: AssetKind;
  /** As its name spells it; undefined for what lies in no project. */
  readonly project: string | undefined;
  resource: Claim<AssetValue> | undefined;
  policy: Claim<Policy> | undefined;
  deletion: Claim<true> | undefined;
}

export interface AssetCollector {
  /** The asset that the line is about; undefined where no rule reads it. */
  readonly add: (asset: AssetLine, line: number) => Asset | undefined;
  /** By name as it is spelled; one asset may be here under the project's id and under its number. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/** Keeps, of every asset that a rule reads, the compact content of the line that stands; everything else is let go at once. */
export function createAssetCollector(): AssetCollector {
  const assets = new Map<string, Asset>();
  const ancestorLists = new Map<string, readonly string[]>();
  const intern = createInterner();
  const parsePolicy = createPolicyParser();

  let latestList: readonly string[] = [];
  const internList = (ancestors: readonly string[] | undefined): readonly string[] | undefined => {
    if (!ancestors || isSameList(ancestors, latestList)) return ancestors && latestList;
    const key = ancestors.join(' ');
    latestList = ancestorLists.get(key) ?? ancestors;
    if (latestList === ancestors) ancestorLists.set(key, ancestors);
    return latestList;
  };

  const place = (name: string): Asset | undefined => {
    const kind = assetKindOf(name);
    if (!kind) return undefined;
    const spelled = projectInAssetName(name);
    const project = spelled === undefined ? undefined : intern(spelled);
    const asset = { name, kind, project, resource: undefined, policy: undefined, deletion: undefined };
    assets.set(name, asset);
    return asset;
  };

  const add = (line: AssetLine, number: number): Asset | undefined => {
    const { name, resource, policy } = line;
    const asset = assets.get(name) ?? place(name);
    if (!asset) return undefined;
    const { kind } = asset;
    const updateTime = intern(line.updateTime);
    const ancestors = internList(line.ancestors);
    if (line.deleted) {
      asset.deletion = latest(asset.deletion, { updateTime, line: number, value: true, ancestors });
      return asset;
    }
    if (resource) {
      const value = parseAssetValue(kind, asset.name, resource.data);
      asset.resource = latest(asset.resource, { updateTime, line: number, value, ancestors });
    }
    if (policy !== undefined && isPolicyLevel(kind)) {
      const value = parsePolicy(policy);
      asset.policy = latest(asset.policy, { updateTime, line: number, value, ancestors });
    }
    return asset;
  };

  return { add, assets };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** Whose policies give access to a service, or let somebody through IAP. */
function isPolicyLevel(kind: AssetKind): boolean {
  return kind === 'service' || kind === 'project' || kind === 'above' || kind === 'iap';
}

/** The claim that stands: the latest instant, at a tie the later line (CONTRACT 3). */
export function latest<T>(a: Claim<T> | undefined, b: Claim<T> | undefined): Claim<T> | undefined {
  if (!a || !b) return a ?? b;
  return isLater(b, a) ? b : a;
}

/** The claim, unless a deletion stands against it. */
export function unlessDeleted<T>(claim: Claim<T> | undefined, deletion: Claim<true> | undefined): Claim<T> | undefined {
  return claim && deletion && isLater(deletion, claim) ? undefined : claim;
}

/** Whether `a` stands against `b`. */
export function isLater(a: Claim<unknown>, b: Claim<unknown>): boolean {
  return (compareInstants(a.updateTime, b.updateTime) || a.line - b.line) > 0;
}
