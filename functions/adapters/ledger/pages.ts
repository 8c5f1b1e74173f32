import type { Page } from './documents.ts';
import type { Transaction } from './store.ts';

type PageKind = 'seenGrants' | 'onPath' | 'seenIap';

/** Entries of a page; each is below 400 bytes, and a document of Firestore ends at 1 MiB. */
const entriesAPage = 1000;

/** Writes a project's list: only pages that have changed, and away with those that it no longer fills. */
export function writePages<T>(
  list: {
    readonly kind: PageKind;
    readonly project: string;
    readonly before: readonly Page<T>[];
    readonly entries: readonly T[];
    /** When an entry ends (ms); absent = never. */
    readonly endOf?: (entry: T) => number;
  },
  put: (id: string, page: Page<T>) => void,
  tx: Transaction,
): void {
  const { kind, project, before, entries, endOf } = list;
  const pages = Math.ceil(entries.length / entriesAPage);
  for (let page = 0; page < pages; page += 1) {
    const part = entries.slice(page * entriesAPage, (page + 1) * entriesAPage);
    if (JSON.stringify(before[page]?.entries) === JSON.stringify(part)) continue;
    const endedAt = endOf && part.reduce((last, entry) => Math.max(last, endOf(entry)), 0);
    put(`${project} ${page}`, { project, page, entries: part, ...(endedAt === undefined ? {} : { endedAt }) });
  }
  for (const { page } of before.slice(pages)) tx.delete(kind, `${project} ${page}`);
}
