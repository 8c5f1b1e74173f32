import assert from 'node:assert/strict';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import type { Approval } from '../../../../functions/core/people.ts';

/** What every engine promises about questions to people and their answers. */
export function describeApprovals(ledger: () => Ledger): void {
  it('asks once: the same list that waits already is given back, another one supersedes it', async () => {
    const [first, second] = [approval('a1', 'hash-a', 10), approval('a2', 'hash-a', 20)];
    assert.deepEqual(await ledger().askApproval(first), { approval: first, isNew: true });
    assert.deepEqual(await ledger().askApproval(second), { approval: first, isNew: false });
    assert.equal(await ledger().findApproval('a2'), undefined);
    assert.deepEqual(await ledger().findApproval('a1'), first);
    await ledger().askApproval(approval('bank-1', 'hash-a', 15, { project: 'bank' }));
    const other = approval('b1', 'hash-b', 30);
    assert.deepEqual(await ledger().askApproval(other), { approval: other, isNew: true });
    assert.deepEqual(await ledger().findApproval('a1'), { ...first, state: 'superseded' });
    assert.equal((await ledger().findApproval('bank-1'))?.state, 'waiting');
  });

  it('asks anew when the one that waits with the same list has run out', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10, { expiresAt: 20 }));
    assert.equal((await ledger().askApproval(approval('a2', 'hash-a', 20))).isNew, true);
    assert.equal((await ledger().findApproval('a1'))?.state, 'superseded');
  });

  it('never puts a question over one that has been answered', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    await ledger().decideApproval('a1', 'hash-a', yes);
    await assert.rejects(() => ledger().askApproval(approval('a1', 'hash-a', 10)), { code: 'ledger-failed' });
    assert.equal((await ledger().findApproval('a1'))?.state, 'approved');
  });

  it('ends all waiting questions of a project and gives them back', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    await ledger().askApproval(approval('bank-1', 'hash-a', 10, { project: 'bank' }));
    assert.deepEqual(await ledger().supersedeApprovals('shop'), [
      { ...approval('a1', 'hash-a', 10), state: 'superseded' },
    ]);
    assert.deepEqual(await ledger().supersedeApprovals('shop'), []);
    assert.equal((await ledger().findApproval('a1'))?.state, 'superseded');
    assert.equal((await ledger().findApproval('bank-1'))?.state, 'waiting');
  });

  it('takes one answer to exactly the list that was shown', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    assert.equal(await ledger().decideApproval('a9', 'hash-a', yes), 'unknown');
    assert.equal(await ledger().decideApproval('a1', 'hash-b', yes), 'changed-since');
    assert.equal((await ledger().findApproval('a1'))?.state, 'waiting');
    assert.equal(await ledger().decideApproval('a1', 'hash-a', yes), 'decided');
    assert.equal(await ledger().decideApproval('a1', 'hash-a', yes), 'already-decided');
    assert.equal(await ledger().decideApproval('a1', 'hash-a', no), 'already-decided');
    const decided = { ...approval('a1', 'hash-a', 10), state: 'approved', decision: yes };
    assert.deepEqual(await ledger().findApproval('a1'), decided);
  });

  it('keeps a rejection and who gave it', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    assert.equal(await ledger().decideApproval('a1', 'hash-a', no), 'decided');
    const { state, decision } = (await ledger().findApproval('a1')) ?? {};
    assert.deepEqual({ state, decision }, { state: 'rejected', decision: no });
  });

  it('takes no answer to a question that has run out or was superseded', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    assert.equal(await ledger().decideApproval('a1', 'hash-a', { ...yes, at: 1000 }), 'expired');
    const { state, decision } = (await ledger().findApproval('a1')) ?? {};
    assert.deepEqual({ state, decision }, { state: 'expired', decision: undefined });
    assert.equal(await ledger().decideApproval('a1', 'hash-a', yes), 'expired');
    await ledger().askApproval(approval('b1', 'hash-b', 20));
    await ledger().askApproval(approval('c1', 'hash-c', 30));
    assert.equal(await ledger().decideApproval('b1', 'hash-b', yes), 'changed-since');
  });

  it('moves a question on from the state it is in, and from no other', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    assert.equal(await ledger().moveApproval('a1', 'approved', 'applied'), false);
    assert.equal((await ledger().findApproval('a1'))?.state, 'waiting');
    assert.equal(await ledger().moveApproval('a1', 'waiting', 'expired'), true);
    assert.equal(await ledger().moveApproval('a1', 'waiting', 'expired'), false);
    assert.equal(await ledger().moveApproval('a9', 'waiting', 'expired'), false);
    assert.equal((await ledger().findApproval('a1'))?.state, 'expired');
  });

  it('remembers where a workflow waits, and of which question only', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    await ledger().setApprovalCallback('a1', 'https://workflow.example/callback');
    assert.equal((await ledger().findApproval('a1'))?.callbackUrl, 'https://workflow.example/callback');
    await assert.rejects(() => ledger().setApprovalCallback('a9', 'https://workflow.example/callback'), {
      code: 'ledger-failed',
    });
  });

  it('lists questions newest first, by project, state and time', async () => {
    await ledger().askApproval(approval('a1', 'hash-a', 10));
    await ledger().askApproval(approval('b1', 'hash-b', 20, { project: 'bank' }));
    await ledger().askApproval(approval('c1', 'hash-c', 30));
    const ids = async (filter?: Parameters<Ledger['approvals']>[0]) =>
      (await ledger().approvals(filter)).map(({ id }) => id);
    assert.deepEqual(await ids(), ['c1', 'b1', 'a1']);
    assert.deepEqual(await ids({ since: 20 }), ['c1', 'b1']);
    assert.deepEqual(await ids({ project: 'shop' }), ['c1', 'a1']);
    assert.deepEqual(await ids({ state: 'waiting' }), ['c1', 'b1']);
    assert.deepEqual(await ids({ project: 'shop', state: 'superseded' }), ['a1']);
    assert.deepEqual(await ids({ project: 'shop', state: 'superseded', since: 11 }), []);
  });
}

const yes = { approved: true, by: 'slack:U1 (ann)', at: 50 };
const no = { approved: false, by: 'bob@example.com', at: 60 };

function approval(id: string, planHash: string, askedAt: number, over: Partial<Approval> = {}): Approval {
  return { id, project: 'shop', planHash, changes: [], askedAt, expiresAt: 1000, state: 'waiting', ...over };
}
