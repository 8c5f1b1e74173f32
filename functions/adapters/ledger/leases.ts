import type { Ledger } from '../../core/ledger.ts';
import type { LedgerContext } from './store.ts';

/** The one lease of a project. */
export function buildLeases({
  store,
  now,
}: LedgerContext): Pick<Ledger, 'acquireLease' | 'renewLease' | 'releaseLease'> {
  return {
    acquireLease(project, holder, ttlMs, task) {
      return store.transition('lease', project, (lease) => {
        const at = now();
        const isOurs = lease?.holder === holder || (task !== undefined && lease?.task === task);
        if (lease && lease.until > at && !isOurs) return { answer: false };
        const after = { project, holder, until: at + ttlMs, ...(task === undefined ? {} : { task }) };
        return { answer: true, after };
      });
    },
    renewLease(project, holder, ttlMs) {
      return store.transition('lease', project, (lease) => {
        const at = now();
        if (lease?.holder !== holder || lease.until <= at) return { answer: false };
        return { answer: true, after: { ...lease, until: at + ttlMs } };
      });
    },
    releaseLease(project, holder) {
      return store.transition('lease', project, (lease) => {
        return lease?.holder === holder ? { answer: undefined, isGone: true } : { answer: undefined };
      });
    },
  };
}
