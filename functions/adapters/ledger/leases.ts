import type { Ledger } from '../../core/world.ts';
import type { LedgerContext } from './store.ts';

/** The one lease of a project. */
export function buildLeases({
  store,
  now,
}: LedgerContext): Pick<Ledger, 'acquireLease' | 'renewLease' | 'releaseLease'> {
  return {
    acquireLease(project, holder, ttlMs, task) {
      return store.transaction(async (tx) => {
        const lease = await tx.get('lease', project);
        const at = now();
        const isOurs = lease?.holder === holder || (task !== undefined && lease?.task === task);
        if (lease && lease.until > at && !isOurs) return false;
        tx.put('lease', project, { project, holder, until: at + ttlMs, ...(task === undefined ? {} : { task }) });
        return true;
      });
    },
    renewLease(project, holder, ttlMs) {
      return store.transaction(async (tx) => {
        const lease = await tx.get('lease', project);
        const at = now();
        if (lease?.holder !== holder || lease.until <= at) return false;
        tx.update('lease', project, { until: at + ttlMs });
        return true;
      });
    },
    releaseLease(project, holder) {
      return store.transaction(async (tx) => {
        const lease = await tx.get('lease', project);
        if (lease?.holder === holder) tx.delete('lease', project);
      });
    },
  };
}
