import assert from 'node:assert/strict';
import type { Ledger } from '../../../../functions/core/ledger.ts';

const staleMs = 1000;

/** What every engine promises about the outbox. */
export function describeNotices(ledger: () => Ledger): void {
  const put = (id: string, at: number, line = 'hello') =>
    ledger().putNotice(
      { id, project: 'shop', channel: 'C1', content: { kind: 'digest', title: 'T', lines: [line] } },
      at,
    );
  const claim = async (sender: string, at: number, limit = 10) =>
    (await ledger().claimNotices(sender, limit, at, staleMs)).map(({ id }) => id);

  it('gives a notice that is due to one sender, with all that it says', async () => {
    await put('digest:1', 10);
    assert.deepEqual(await ledger().claimNotices('a', 10, 20, staleMs), [
      {
        id: 'digest:1',
        project: 'shop',
        channel: 'C1',
        content: { kind: 'digest', title: 'T', lines: ['hello'] },
        createdAt: 10,
        state: 'sending',
        revision: 1,
        notBefore: 10,
        attempts: 1,
        sender: 'a',
        sendingSince: 20,
      },
    ]);
    assert.deepEqual(await claim('b', 20), []);
    assert.deepEqual(await claim('a', 21), []);
  });

  it('shares notices out: two senders at once never get the same one, and none is left', async () => {
    for (let index = 0; index < 12; index += 1) await put(`digest:${index}`, 10);
    const [a, b] = await Promise.all([claim('a', 20, 20), claim('b', 20, 20)]);
    const all = [...a, ...b, ...(await claim('a', 21, 20))];
    assert.equal(new Set(all).size, all.length);
    assert.equal(all.length, 12);
  });

  it('gives no more than the limit, longest due first', async () => {
    await put('digest:new', 30);
    await put('digest:old', 10);
    assert.deepEqual(await claim('a', 40, 1), ['digest:old']);
    assert.deepEqual(await claim('a', 40, 5), ['digest:new']);
  });

  it('says when the next one can be claimed: when its wait or its dead sender’s claim is over', async () => {
    const next = () => ledger().nextNotice(staleMs);
    assert.equal(await next(), undefined);
    await put('digest:1', 10);
    await put('digest:2', 30);
    assert.equal(await next(), 10);
    await claim('a', 20);
    assert.equal(await next(), 30);
    await claim('b', 40);
    assert.equal(await next(), 20 + staleMs);
    await ledger().noticeFailed('digest:1', 'a', 5000);
    assert.equal(await next(), 40 + staleMs);
    await ledger().noticeSent('digest:2', 'b', { ts: '1.2', revision: 1 });
    assert.equal(await next(), 5000);
  });

  it('does nothing about the same content, and is due again with a new one', async () => {
    await put('digest:1', 10);
    await put('digest:1', 11);
    assert.equal((await ledger().findNotice('digest:1'))?.revision, 1);
    await claim('a', 20);
    await ledger().noticeSent('digest:1', 'a', { ts: '1.2', revision: 1 });
    await put('digest:1', 30);
    assert.deepEqual(await claim('a', 40), []);
    await put('digest:1', 50, 'changed');
    const [again] = await ledger().claimNotices('b', 10, 60, staleMs);
    assert.deepEqual(
      { revision: again?.revision, sentRevision: again?.sentRevision, ts: again?.ts, attempts: again?.attempts },
      { revision: 2, sentRevision: 1, ts: '1.2', attempts: 1 },
    );
  });

  it('is not forgotten while new content is due, however long ago it was sent', async () => {
    await put('digest:1', 10);
    await claim('a', 20);
    await ledger().noticeSent('digest:1', 'a', { ts: '1.2', revision: 1 });
    await put('digest:1', 30, 'changed');
    await ledger().prune(30, 1_900_000_000_000);
    assert.equal((await ledger().findNotice('digest:1'))?.state, 'due');
  });

  it('is due again when its content changed while it was being sent', async () => {
    await put('digest:1', 10);
    await claim('a', 20);
    await put('digest:1', 21, 'changed');
    assert.deepEqual(await claim('b', 22), []);
    await ledger().noticeSent('digest:1', 'a', { ts: '1.2', revision: 1 });
    const notice = await ledger().findNotice('digest:1');
    assert.deepEqual(
      [notice?.state, notice?.revision, notice?.sentRevision, notice?.ts, notice?.sender],
      ['due', 2, 1, '1.2', undefined],
    );
    assert.deepEqual(await claim('b', 30), ['digest:1']);
    await ledger().noticeSent('digest:1', 'b', { ts: '1.2', revision: 2 });
    assert.equal((await ledger().findNotice('digest:1'))?.state, 'sent');
  });

  it('passes the notice of a sender that has been silent to the next, and hears the first one no more', async () => {
    await put('digest:1', 10);
    await claim('a', 20);
    assert.deepEqual(await claim('b', 20 + staleMs - 1), []);
    assert.deepEqual(await claim('b', 20 + staleMs), ['digest:1']);
    await ledger().noticeFailed('digest:1', 'a', 0);
    await ledger().noticeSent('digest:1', 'a', { ts: '1.1', revision: 1 });
    const notice = await ledger().findNotice('digest:1');
    assert.deepEqual([notice?.state, notice?.sender, notice?.attempts], ['sending', 'b', 2]);
    await ledger().noticeSent('digest:1', 'b', { ts: '1.2', revision: 1 });
    const sent = await ledger().findNotice('digest:1');
    assert.deepEqual([sent?.state, sent?.ts, sent?.sentRevision], ['sent', '1.2', 1]);
  });

  it('waits as long as it was told after a failure, also with new content', async () => {
    await put('digest:1', 10);
    await claim('a', 20);
    await ledger().noticeFailed('digest:1', 'a', 500);
    await put('digest:1', 30, 'changed');
    assert.deepEqual(await claim('a', 499), []);
    assert.deepEqual(await claim('a', 500), ['digest:1']);
  });

  it('counts what is not sent yet', async () => {
    assert.equal(await ledger().dueNotices(), 0);
    await put('digest:1', 10);
    await put('digest:2', 20);
    await claim('a', 15);
    assert.equal(await ledger().dueNotices(), 2);
    await ledger().noticeSent('digest:1', 'a', { ts: '1', revision: 1 });
    assert.equal(await ledger().dueNotices(), 1);
    assert.equal(await ledger().findNotice('digest:9'), undefined);
  });
}
