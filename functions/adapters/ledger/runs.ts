import type { Ledger } from '../../core/ledger.ts';
import type { LedgerContext } from './store.ts';

/** Runs, sweeps and pauses: what Sallyport has done when, and whether it may. */
export function buildRuns({
  store,
  now,
  stamp,
}: LedgerContext): Pick<Ledger, 'recordRun' | 'runs' | 'recordSweep' | 'sweeps' | 'setPaused' | 'isPaused' | 'pauses'> {
  return {
    async recordRun(run) {
      const { project, startedAt, endedAt } = run;
      await store.put('run', run.id, { project, startedAt, run, endedAt });
    },
    async runs(limit, project) {
      const found =
        project === undefined
          ? await store.query('runs', { limit })
          : await store.query('runsOfProject', { equal: [project], limit });
      return found.map(({ run }) => run);
    },
    async recordSweep(sweep) {
      await store.put('sweep', sweep.id, { startedAt: sweep.startedAt, sweep, endedAt: sweep.endedAt });
    },
    async sweeps(limit) {
      return (await store.query('sweeps', { limit })).map(({ sweep }) => sweep);
    },

    async setPaused(paused, { who, why } = { who: '', why: '' }) {
      const [at, order] = [now(), stamp()];
      await store.transaction(async (tx) => {
        const before = await tx.get('state', 'paused');
        const entry = String(order);
        tx.put('state', 'paused', { isPaused: paused, entry });
        tx.put('pause', entry, { stamp: order, pause: { paused, at, who, why } });
        // The last one says why there is a pause now: it ends only when the next one begins.
        if (before) tx.update('pause', before.entry, { endedAt: at });
      });
    },
    async isPaused() {
      return (await store.get('state', 'paused'))?.isPaused ?? false;
    },
    async pauses(limit) {
      return (await store.query('pauses', { limit })).map(({ pause }) => pause);
    },
  };
}
