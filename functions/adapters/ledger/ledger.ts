import type { Ledger } from '../../core/ledger.ts';
import { buildApprovals } from './approvals.ts';
import { buildChanges } from './changes.ts';
import { buildFindings } from './findings.ts';
import { buildHolds } from './holds.ts';
import { buildLeases } from './leases.ts';
import { buildNotices } from './notices.ts';
import { endedQueries } from './queries.ts';
import { buildRuns } from './runs.ts';
import { buildSightings } from './sightings.ts';
import type { LedgerContext, Store } from './store.ts';

export interface LedgerOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How long what has ended is kept. */
  readonly retentionDays?: number;
}

export const defaultRetentionDays = 400;
const dayMs = 86_400_000;

/** The ledger on any store: every promise of `Ledger` is kept here, once, for all engines. */
export function buildLedger(store: Store, options: LedgerOptions = {}): Ledger {
  const { now = Date.now, retentionDays = defaultRetentionDays } = options;
  const context: LedgerContext = { store, now, stamp: buildStamp(now), retentionDays };
  return {
    ...buildLeases(context),
    ...buildChanges(context),
    ...buildHolds(context),
    ...buildFindings(context),
    ...buildSightings(context),
    ...buildApprovals(context),
    ...buildNotices(context),
    ...buildRuns(context),
    async prune(days, at) {
      for (const name of endedQueries) await store.deleteAll(name, { most: at - days * dayMs - 1 });
    },
    close: () => store.close(),
  };
}

/** Microseconds by the clock, and always more than the last: in order within a process, nearly so between processes. */
function buildStamp(now: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.floor(now()) * 1000);
    return last;
  };
}
