import type { Change } from './change/change.ts';
import type { Backend } from './inventory.ts';
import type { SeenIap } from './people.ts';
import type { Ledger } from './world.ts';

/** What earlier runs have left in the ledger, as far as rules look at it. */
export interface Memory {
  /** Backends that had IAP on at some time. */
  readonly iapSeenOn: readonly SeenIap[];
  /** Our own changes of the last 24 hours, newest first. */
  readonly changes: readonly Change[];
}

const dayMs = 24 * 3_600_000;

/** The memory of one project at `now` (ms). */
export async function readMemory(
  project: string,
  ledger: Pick<Ledger, 'iapSeenOn' | 'changesSince'>,
  now: number,
): Promise<Memory> {
  return { iapSeenOn: await ledger.iapSeenOn(project), changes: await ledger.changesSince(now - dayMs, project) };
}

/** Backends with IAP on, as the ledger remembers them. */
export function listSeenIap(backends: readonly Backend[]): readonly Omit<SeenIap, 'lastOn'>[] {
  return backends
    .filter(({ iapEnabled }) => iapEnabled)
    .map(({ name, id }) => ({ resource: name, ...(id === undefined ? {} : { id }) }));
}
