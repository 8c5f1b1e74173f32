import { isDeepStrictEqual } from 'node:util';
import type { Ledger } from '../../core/ledger.ts';
import type { Notice } from '../../core/people.ts';
import type { Documents } from './documents.ts';
import type { LedgerContext } from './store.ts';

/** The outbox: messages to people, each kept until it is sent and again when its content changes. */
export function buildNotices({
  store,
  now,
}: LedgerContext): Pick<
  Ledger,
  'putNotice' | 'claimNotices' | 'noticeSent' | 'noticeFailed' | 'findNotice' | 'dueNotices' | 'nextNotice'
> {
  return {
    putNotice({ id, project, channel, content }, at) {
      return store.transition('notice', id, (found) => {
        if (!found) {
          const fresh = { state: 'due', revision: 1, notBefore: at, attempts: 0 } as const;
          return { answer: undefined, after: toDocument({ id, project, channel, content, createdAt: at, ...fresh }) };
        }
        const before = found.notice;
        if (isDeepStrictEqual(before.content, JSON.parse(JSON.stringify(content)))) return { answer: undefined };
        const next = { ...before, content, revision: before.revision + 1 };
        // Under way: its sender hears of the new revision when it reports. Not sent: it keeps the wait it has.
        if (before.state !== 'sent') return { answer: undefined, after: toDocument(next) };
        return { answer: undefined, after: toDocument({ ...next, state: 'due', notBefore: at, attempts: 0 }) };
      });
    },

    async claimNotices(sender, limit, at, staleMs) {
      const due = await store.query('noticesByTime', { equal: ['due'], most: at, limit });
      const room = limit - due.length;
      const stale =
        room > 0 ? await store.query('noticesBySending', { equal: ['sending'], most: at - staleMs, limit: room }) : [];
      const claimed: Notice[] = [];
      // One by one: two senders that look at the same time share them out and wait for nobody.
      for (const { notice } of [...due, ...stale]) {
        const ours = await store.transition('notice', notice.id, (found) => claim(found?.notice, sender, at, staleMs));
        if (ours) claimed.push(ours);
      }
      return claimed;
    },
    noticeSent(id, sender, { ts, revision }) {
      return store.transition('notice', id, (found) => {
        const sending = stopSending(found?.notice, sender);
        if (!sending) return { answer: undefined };
        const sent = { ...sending, ts, sentRevision: revision, attempts: 0 };
        // Newer content has come meanwhile: it is due.
        if (revision < sent.revision) return { answer: undefined, after: toDocument({ ...sent, state: 'due' }) };
        return { answer: undefined, after: toDocument({ ...sent, state: 'sent' }, now()) };
      });
    },
    noticeFailed(id, sender, notBefore) {
      return store.transition('notice', id, (found) => {
        const sending = stopSending(found?.notice, sender);
        if (!sending) return { answer: undefined };
        return { answer: undefined, after: toDocument({ ...sending, state: 'due', notBefore }) };
      });
    },
    async findNotice(id) {
      return (await store.get('notice', id))?.notice;
    },
    async dueNotices() {
      const counts = ['due', 'sending'].map((state) => store.count('noticesInState', { equal: [state] }));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    async nextNotice(staleMs) {
      const [[due], [sending]] = await Promise.all([
        store.query('noticesByTime', { equal: ['due'], limit: 1 }),
        store.query('noticesBySending', { equal: ['sending'], limit: 1 }),
      ]);
      const times = [due?.notice.notBefore, sending && (sending.notice.sendingSince ?? 0) + staleMs];
      const known = times.filter((time) => time !== undefined);
      return known.length === 0 ? undefined : Math.min(...known);
    },
  };
}

function claim(
  notice: Notice | undefined,
  sender: string,
  at: number,
  staleMs: number,
): { answer: Notice | undefined; after?: Documents['notice'] } {
  if (!notice) return { answer: undefined };
  // Run again because the answer to its write was lost: it has been claimed by this very call.
  if (notice.state === 'sending' && notice.sender === sender && notice.sendingSince === at) return { answer: notice };
  const isDue = notice.state === 'due' && notice.notBefore <= at;
  const isStale = notice.state === 'sending' && (notice.sendingSince ?? 0) <= at - staleMs;
  if (!isDue && !isStale) return { answer: undefined };
  const claimed: Notice = { ...notice, state: 'sending', sender, sendingSince: at, attempts: notice.attempts + 1 };
  return { answer: claimed, after: toDocument(claimed) };
}

/** The notice without its sender, if it is this one who sends it. */
function stopSending(notice: Notice | undefined, sender: string): Notice | undefined {
  if (notice?.state !== 'sending' || notice.sender !== sender) return undefined;
  const { sender: _, sendingSince: __, ...rest } = notice;
  return rest;
}

function toDocument(notice: Notice, endedAt?: number): Documents['notice'] {
  const { state, notBefore, sendingSince } = notice;
  return {
    state,
    notBefore,
    ...(sendingSince === undefined ? {} : { sendingSince }),
    notice,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
