import type { Change } from '../../core/change/change.ts';
import type { Ledger } from '../../core/ledger.ts';
import { AppError } from '../../errors.ts';
import type { Documents } from './documents.ts';
import type { LedgerContext } from './store.ts';

/** Changes: what was about to be done, and what came of it. */
export function buildChanges({
  store,
  stamp,
}: LedgerContext): Pick<
  Ledger,
  'recordIntent' | 'recordResult' | 'openIntents' | 'findChange' | 'changesSince' | 'isOwnEtag'
> {
  return {
    async recordIntent(intent) {
      const { id, project, at, change } = intent;
      const document = { project, at, stamp: stamp(), resource: change.resource, isOpen: true, intent };
      if (await store.create('change', id, document)) return;
      throw new AppError('ledger-failed', `The ledger has an intent ${id} already.`);
    },
    async recordResult(changeId, result) {
      const etag = result.outcome === 'applied' ? result.after?.etag : undefined;
      const fields = { result, isOpen: false, endedAt: result.at, ...(etag === undefined ? {} : { etag }) };
      if (await store.update('change', changeId, fields)) return;
      throw new AppError('ledger-failed', `The ledger has no intent ${changeId} that a result could belong to.`);
    },
    async openIntents(project) {
      const open = await store.query('openChanges', { equal: [project, true] });
      return [...open].sort(byTime).map(toChange);
    },
    async findChange(changeId) {
      const found = await store.get('change', changeId);
      return found && toChange(found);
    },
    async changesSince(since, project) {
      const found =
        project === undefined
          ? await store.query('changes', { least: since })
          : await store.query('changesOfProject', { equal: [project], least: since });
      return [...found].sort((a, b) => byTime(b, a)).map(toChange);
    },
    async isOwnEtag(resource, etag) {
      return (await store.count('changesByEtag', { equal: [resource, etag] })) > 0;
    },
  };
}

function byTime(a: Documents['change'], b: Documents['change']): number {
  return a.at - b.at || a.stamp - b.stamp;
}

function toChange({ intent, result }: Documents['change']): Change {
  return result === undefined ? intent : { ...intent, result };
}
