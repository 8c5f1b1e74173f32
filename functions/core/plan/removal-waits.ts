import type { Settings } from '../../config.ts';
import { holdsOwnGrant } from '../change/own-grant.ts';
import type { WantedIdentity } from '../estate/wanted-identities.ts';
import type { Evaluation } from '../evaluate.ts';
import type { Inventory, Policy } from '../inventory.ts';
import type { SeenGrant } from '../ledger.ts';

/** What must be so before anything is shut (DESIGN 6.4 and 6.7), as one run knows it. */
export interface RemovalContext {
  readonly now: number;
  readonly settleMs: number;
  readonly propagationMs: number;
  /** Nothing of the project was unreadable: an unseen path could need what is to be removed. */
  readonly isComplete: boolean;
  /** Members that must stay able to invoke, by service on a path; undefined = there is one whose identity is not known. */
  readonly needs: ReadonlyMap<string, readonly string[] | undefined>;
  /** Since when each of them holds a grant of its own, by `RESOURCE MEMBER` (ms); absent = it does not. */
  readonly grantedSince: ReadonlyMap<string, number>;
}

export interface RemovalWait {
  readonly why: 'not-all-read' | 'grant-first' | 'grant-too-young' | 'settling';
  /** When it can be done (ms), where time alone helps. */
  readonly until?: number;
}

/**
 * Why something may not be shut on a service yet; undefined = it may. Every identity that a path of the service needs must
 * hold a grant in the service's own policy and have been seen there for the propagation time without a break: counted from
 * the run that saw it first or made it, never from a claim of anybody else.
 */
export function findRemovalWait(
  { resource, openedAt }: { readonly resource: string; readonly openedAt: number | undefined },
  context: RemovalContext,
): RemovalWait | undefined {
  const { now, settleMs, propagationMs, isComplete, needs, grantedSince } = context;
  if (!isComplete) return { why: 'not-all-read' };
  const needed = needs.has(resource) ? needs.get(resource) : [];
  const since = needed?.map((member) => grantedSince.get(grantKey({ resource, member })));
  if (since === undefined || since.includes(undefined)) return { why: 'grant-first' };
  const grown = Math.max(...since.map((at) => (at ?? now) + propagationMs));
  const settled = (openedAt ?? now) + settleMs;
  if (Math.max(grown, settled) <= now) return undefined;
  return grown > settled ? { why: 'grant-too-young', until: grown } : { why: 'settling', until: settled };
}

/** The context of one run: `seen` is what earlier runs have seen, by the ledger. */
export function buildRemovalContext({
  evaluation,
  inventory,
  seen,
  settings,
  now,
}: {
  readonly evaluation: Pick<Evaluation, 'paths' | 'wanted' | 'unreadable'>;
  readonly inventory: Pick<Inventory, 'policies'>;
  readonly seen: readonly SeenGrant[];
  readonly settings: Settings;
  readonly now: number;
}): RemovalContext {
  const before = new Map(seen.map((grant) => [grantKey(grant), grant.since]));
  const held = listOwnGrants(evaluation.wanted, inventory.policies);
  return {
    now,
    settleMs: settings.timing.removalSettleSeconds * 1000,
    propagationMs: settings.timing.propagationSeconds * 1000,
    isComplete: evaluation.unreadable.length === 0,
    needs: listNeeds(evaluation),
    grantedSince: new Map(held.map((grant) => [grantKey(grant), before.get(grantKey(grant)) ?? now])),
  };
}

/** The wanted identities that hold a grant in the own policy of their service. */
export function listOwnGrants(
  wanted: readonly WantedIdentity[],
  policies: ReadonlyMap<string, Policy>,
): readonly Omit<SeenGrant, 'since'>[] {
  return wanted
    .filter(({ service, member }) => holdsOwnGrant(policies.get(service.name) ?? {}, member))
    .map(({ service, member }) => ({ resource: service.name, member }));
}

function listNeeds({ paths, wanted }: Pick<Evaluation, 'paths' | 'wanted'>): RemovalContext['needs'] {
  const needs = new Map<string, readonly string[] | undefined>();
  for (const { service, via } of paths) {
    const known = wanted.filter((one) => one.service.name === service.name);
    // A path for which nobody is wanted: the number of IAP's project is not known, or IAM refuses its only identity.
    const isCovered = known.some((one) => one.via.includes(via));
    const blocked = needs.has(service.name) && needs.get(service.name) === undefined;
    needs.set(service.name, isCovered && !blocked ? known.map(({ member }) => member) : undefined);
  }
  return needs;
}

function grantKey({ resource, member }: Omit<SeenGrant, 'since'>): string {
  return `${resource} ${member}`;
}
