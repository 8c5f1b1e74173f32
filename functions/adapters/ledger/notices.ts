import { isDeepStrictEqual } from 'node:util';
import type { Notice } from '../../core/people.ts';
import type { Ledger } from '../../core/world.ts';
import type { LedgerContext, Transaction } from './store.ts';

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
      return store.transaction(async (tx) => {
        const before = (await tx.get('notice', id))?.notice;
        if (!before) {
          const fresh = { state: 'due', revision: 1, notBefore: at, attempts: 0 } as const;
          put(tx, { id, project, channel, content, createdAt: at, ...fresh });
          return;
        }
        if (isDeepStrictEqual(before.content, JSON.parse(JSON.stringify(content)))) return;
        const next = { ...before, content, revision: before.revision + 1 };
        // Under way: its sender hears of the new revision when it reports. Not sent: it keeps the wait it has.
        if (before.state !== 'sent') put(tx, next);
        else put(tx, { ...next, state: 'due', notBefore: at, attempts: 0 });
      });
    },

    async claimNotices(sender, limit, at, staleMs) {
      const due = await store.query('noticesByTime', { equal: ['due'], most: at, limit });
      const room = limit - due.length;
      const stale =
        room > 0 ? await store.query('noticesBySending', { equal: ['sending'], most: at - staleMs, limit: room }) : [];
      const claimed: Notice[] = [];
      // One transaction each: two senders that look at the same time share them out and wait for nobody.
      for (const { notice } of [...due, ...stale]) {
        const ours = await store.transaction((tx) => claim(tx, notice.id, sender, at, staleMs));
        if (ours) claimed.push(ours);
      }
      return claimed;
    },
    noticeSent(id, sender, { ts, revision }) {
      return store.transaction(async (tx) => {
        const before = (await tx.get('notice', id))?.notice;
        if (before?.state !== 'sending' || before.sender !== sender) return;
        const { sender: _, sendingSince: __, ...rest } = before;
        const isNewest = revision >= before.revision;
        const sent = { ...rest, ts, sentRevision: revision, attempts: 0 };
        put(tx, { ...sent, state: isNewest ? 'sent' : 'due' }, isNewest ? now() : undefined);
      });
    },
    noticeFailed(id, sender, notBefore) {
      return store.transaction(async (tx) => {
        const before = (await tx.get('notice', id))?.notice;
        if (before?.state !== 'sending' || before.sender !== sender) return;
        const { sender: _, sendingSince: __, ...rest } = before;
        put(tx, { ...rest, state: 'due', notBefore });
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

async function claim(
  tx: Transaction,
  id: string,
  sender: string,
  at: number,
  staleMs: number,
): Promise<Notice | undefined> {
  const notice = (await tx.get('notice', id))?.notice;
  if (!notice) return undefined;
  // Run again because the answer to its commit was lost: it has been claimed by this very call.
  if (notice.state === 'sending' && notice.sender === sender && notice.sendingSince === at) return notice;
  const isDue = notice.state === 'due' && notice.notBefore <= at;
  const isStale = notice.state === 'sending' && (notice.sendingSince ?? 0) <= at - staleMs;
  if (!isDue && !isStale) return undefined;
  const claimed: Notice = { ...notice, state: 'sending', sender, sendingSince: at, attempts: notice.attempts + 1 };
  put(tx, claimed);
  return claimed;
}

function put(tx: Transaction, notice: Notice, endedAt?: number): void {
  const { state, notBefore, sendingSince } = notice;
  tx.put('notice', notice.id, {
    state,
    notBefore,
    ...(sendingSince === undefined ? {} : { sendingSince }),
    notice,
    ...(endedAt === undefined ? {} : { endedAt }),
  });
}
