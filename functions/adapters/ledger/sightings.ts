import type { Ledger, SeenGrant } from '../../core/ledger.ts';
import type { OnPath } from './documents.ts';
import { writePages } from './pages.ts';
import type { LedgerContext } from './store.ts';

const dayMs = 86_400_000;

/** What runs have seen of a project: grants, services on a path, backends with IAP on. */
export function buildSightings({
  store,
  retentionDays,
}: LedgerContext): Pick<
  Ledger,
  'saveSeenGrants' | 'seenGrants' | 'recordOnPath' | 'recentlyOnPath' | 'recordIapOn' | 'iapSeenOn'
> {
  return {
    saveSeenGrants(project, grants, at) {
      return store.transaction(async (tx) => {
        const before = await tx.query('seenGrantsOfProject', { equal: [project] });
        const since = new Map(before.flatMap(({ entries }) => entries).map((one) => [keyOf(one), one.since]));
        const entries = new Map<string, SeenGrant>();
        for (const { resource, member } of grants) {
          const key = keyOf({ resource, member });
          entries.set(key, { resource, member, since: since.get(key) ?? at });
        }
        writePages(
          { kind: 'seenGrants', project, before, entries: [...entries.values()] },
          (id, page) => tx.put('seenGrants', id, page),
          tx,
        );
      });
    },
    async seenGrants(project) {
      return (await store.query('seenGrantsOfProject', { equal: [project] })).flatMap(({ entries }) => entries);
    },

    async recordOnPath(project, services, at) {
      if (services.length === 0) return;
      await store.transaction(async (tx) => {
        const before = await tx.query('onPathOfProject', { equal: [project] });
        const entries = new Map(before.flatMap(({ entries }) => entries).map((one) => [one.service, one]));
        for (const service of services) entries.set(service, { service, at });
        const kept = [...entries.values()].filter((one) => one.at >= at - retentionDays * dayMs);
        writePages(
          { kind: 'onPath', project, before, entries: kept, endOf: (one: OnPath) => one.at },
          (id, page) => tx.put('onPath', id, page),
          tx,
        );
      });
    },
    async recentlyOnPath(project, since) {
      const pages = await store.query('onPathOfProject', { equal: [project] });
      const recent = pages.flatMap(({ entries }) => entries).filter(({ at }) => at >= since);
      return recent.map(({ service }) => service).sort();
    },

    async recordIapOn(project, backends, at) {
      if (backends.length === 0) return;
      await store.transaction(async (tx) => {
        const before = await tx.query('seenIapOfProject', { equal: [project] });
        const entries = new Map(before.flatMap(({ entries }) => entries).map((one) => [one.resource, one]));
        for (const backend of backends) entries.set(backend.resource, { ...backend, lastOn: at });
        const kept = [...entries.values()].filter((one) => one.lastOn >= at - retentionDays * dayMs);
        writePages(
          { kind: 'seenIap', project, before, entries: kept, endOf: (one) => one.lastOn },
          (id, page) => tx.put('seenIap', id, page),
          tx,
        );
      });
    },
    async iapSeenOn(project) {
      const pages = await store.query('seenIapOfProject', { equal: [project] });
      return pages.flatMap(({ entries }) => entries);
    },
  };
}

function keyOf({ resource, member }: { resource: string; member: string }): string {
  return `${resource} ${member}`;
}
