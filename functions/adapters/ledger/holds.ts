import type { Ledger } from '../../core/ledger.ts';
import type { LedgerContext } from './store.ts';

/** What is left alone for a time: resources that somebody has undone, client IDs that IAM refused. */
export function buildHolds({
  store,
  stamp,
}: LedgerContext): Pick<Ledger, 'addHold' | 'holds' | 'rejectClientId' | 'acceptClientId' | 'clientIds'> {
  return {
    async addHold(hold) {
      const { project, resource, member, until } = hold;
      await store.put('hold', `${resource} ${member}`, { project, stamp: stamp(), hold, endedAt: until });
    },
    async holds(project, at) {
      const found = await store.query('holdsOfProject', { equal: [project], least: at + 1 });
      return [...found].sort((a, b) => a.stamp - b.stamp).map(({ hold }) => hold);
    },
    async rejectClientId(clientId, until) {
      await store.put('clientId', clientId, { clientId, state: 'rejected', endedAt: until });
    },
    async acceptClientId(clientId) {
      await store.put('clientId', clientId, { clientId, state: 'accepted' });
    },
    async clientIds(at) {
      const all = (await store.query('clientIds')).filter(({ endedAt }) => endedAt === undefined || endedAt > at);
      const inState = (wanted: string) =>
        new Set(all.filter(({ state }) => state === wanted).map(({ clientId }) => clientId));
      return { rejected: inState('rejected'), accepted: inState('accepted') };
    },
  };
}
