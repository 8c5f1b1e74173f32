import type { Change } from './change/change.ts';
import type { Backend } from './inventory.ts';
import type { Ledger } from './ledger.ts';
import type { SeenIap } from './people.ts';

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
  const [iapSeenOn, changes] = await Promise.all([
    ledger.iapSeenOn(project),
    ledger.changesSince(now - dayMs, project),
  ]);
  return { iapSeenOn, changes };
}

/**
 * The memory of several projects as one. Undefined where the ledger has never seen one of them: it remembers nothing of it,
 * and that must not look like all being well.
 */
export async function readMemories(
  projects: readonly string[],
  ledger: Pick<Ledger, 'iapSeenOn' | 'changesSince' | 'runs'>,
  now: number,
): Promise<Memory | undefined> {
  const runs = await Promise.all(projects.map((project) => ledger.runs(1, project)));
  if (runs.some(({ length }) => length === 0)) return undefined;
  const all = await Promise.all(projects.map((project) => readMemory(project, ledger, now)));
  return {
    iapSeenOn: all.flatMap(({ iapSeenOn }) => iapSeenOn),
    changes: all.flatMap(({ changes }) => changes),
  };
}

/** Backends with IAP on, as the ledger remembers them. */
export function listSeenIap(backends: readonly Backend[]): readonly Omit<SeenIap, 'lastOn'>[] {
  return backends
    .filter(({ iapEnabled }) => iapEnabled)
    .map(({ name, id }) => ({ resource: name, ...(id === undefined ? {} : { id }) }));
}
