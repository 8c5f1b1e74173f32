import assert from 'node:assert/strict';
import type { Finding } from '../../../../functions/core/finding.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';

const dayMs = 86_400_000;

interface Parts {
  readonly finding: (subject: string) => Finding;
  /** Sets the ledger's clock (ms). */
  readonly turn: (time: number) => void;
}

/** What every engine promises about what reports are made of, and about forgetting. */
export function describeReports(ledger: () => Ledger, { finding, turn }: Parts): void {
  it('keeps the actor of an open finding that is saved again without one, and forgets it with the stay', async () => {
    const one = finding('a');
    await ledger().saveFindings('shop', [one], 1);
    await ledger().setActor('shop', one.id, 'ann@example.com');
    await ledger().saveFindings('shop', [{ ...one, note: 'new words' }], 2);
    const known = { ...one, note: 'new words', actor: 'ann@example.com' };
    assert.deepEqual(await ledger().openFindings('shop'), [{ finding: known, openedAt: 1 }]);
    assert.deepEqual((await ledger().saveFindings('shop', [], 3)).resolved, [known]);
    await ledger().saveFindings('shop', [one], 4);
    assert.deepEqual(await ledger().openFindings('shop'), [{ finding: one, openedAt: 4 }]);
  });

  it('takes a new actor with a finding, and none for a finding that is not open', async () => {
    const one = finding('a');
    await ledger().saveFindings('shop', [{ ...one, actor: 'ann' }], 1);
    await ledger().saveFindings('shop', [one], 2);
    assert.equal((await ledger().openFindings('shop'))[0]?.finding.actor, 'ann');
    await ledger().saveFindings('shop', [{ ...one, actor: 'bob' }], 3);
    assert.equal((await ledger().openFindings('shop'))[0]?.finding.actor, 'bob');
    await ledger().setActor('bank', one.id, 'eve');
    assert.deepEqual(await ledger().openFindings('bank'), []);
  });

  it('tells of every stay of a finding that was open since, oldest first', async () => {
    const [a, b] = [finding('a'), finding('b')];
    await ledger().saveFindings('shop', [a], 10);
    await ledger().saveFindings('bank', [b], 15);
    await ledger().saveFindings('shop', [], 20);
    await ledger().saveFindings('shop', [a, b], 30);
    await ledger().saveFindings('shop', [b], 40);
    const first = { finding: a, openedAt: 10, resolvedAt: 20 };
    const again = { finding: a, openedAt: 30, resolvedAt: 40 };
    const open = { finding: b, openedAt: 30 };
    assert.deepEqual(await ledger().findingStays(0, 'shop'), [first, again, open]);
    assert.deepEqual(await ledger().findingStays(21, 'shop'), [again, open]);
    assert.deepEqual(await ledger().findingStays(0), [first, { finding: b, openedAt: 15 }, again, open]);
  });

  it('saves more findings than fit into one transaction, and resolves them again', async () => {
    const many = Array.from({ length: 900 }, (_, index) => finding(`subject ${index}`));
    assert.equal((await ledger().saveFindings('shop', many, 1)).opened.length, 900);
    assert.deepEqual(
      await ledger().openFindings('shop'),
      many.map((one) => ({ finding: one, openedAt: 1 })),
    );
    assert.equal((await ledger().saveFindings('shop', [], 2)).resolved.length, 900);
    assert.deepEqual(await ledger().openFindings('shop'), []);
    assert.equal((await ledger().findingStays(0, 'shop')).length, 900);
  }).timeout(60_000);

  it('remembers which backends had IAP on, and when last', async () => {
    const [a, b] = [{ resource: '//compute/a', id: '1' }, { resource: '//compute/b' }];
    await ledger().recordIapOn('shop', [a, b], 10);
    await ledger().recordIapOn('bank', [b], 10);
    await ledger().recordIapOn('shop', [{ ...a, id: '2' }], 20);
    await ledger().recordIapOn('shop', [], 30);
    assert.deepEqual(await ledger().iapSeenOn('shop'), [
      { ...a, id: '2', lastOn: 20 },
      { ...b, lastOn: 10 },
    ]);
  });

  it('keeps long lists whole: 2,500 grants, and then fewer', async () => {
    const grants = Array.from({ length: 2500 }, (_, index) => ({ resource: `//run/${index}`, member: 'm' }));
    await ledger().saveSeenGrants('shop', grants, 1);
    assert.deepEqual(
      await ledger().seenGrants('shop'),
      grants.map((grant) => ({ ...grant, since: 1 })),
    );
    await ledger().saveSeenGrants('shop', grants.slice(2400), 2);
    assert.deepEqual(
      await ledger().seenGrants('shop'),
      grants.slice(2400).map((grant) => ({ ...grant, since: 1 })),
    );
  });

  it('lists runs of one project', async () => {
    await ledger().recordRun(run('r1', 'shop', 1));
    await ledger().recordRun(run('r2', 'bank', 2));
    await ledger().recordRun(run('r3', 'shop', 3));
    const ids = async (limit: number, project?: string) => (await ledger().runs(limit, project)).map(({ id }) => id);
    assert.deepEqual(await ids(9, 'shop'), ['r3', 'r1']);
    assert.deepEqual(await ids(1, 'shop'), ['r3']);
    assert.deepEqual(await ids(9), ['r3', 'r2', 'r1']);
  });

  it('lists sweeps newest first, up to a limit', async () => {
    for (const one of [sweep('s1', 1), sweep('s3', 3), sweep('s2', 2)]) await ledger().recordSweep(one);
    assert.deepEqual(await ledger().sweeps(2), [sweep('s3', 3), sweep('s2', 2)]);
  });

  it('forgets what ended before the retention, to the millisecond, and never what is open', async () => {
    await ledger().recordIntent(intent('open'));
    await ledger().recordIntent(intent('closed'));
    await ledger().recordResult('closed', { outcome: 'applied', at: 0 });
    await ledger().saveFindings('shop', [finding('gone'), finding('open')], 0);
    await ledger().saveFindings('shop', [finding('open')], 0);
    await ledger().recordRun(run('r1', 'shop', 0));
    await ledger().recordSweep(sweep('s1', 0));
    await ledger().addHold({ project: 'shop', resource: 'r', member: 'm', until: 0, reason: 'undone' });
    await ledger().rejectClientId('1-a', 0);
    await ledger().acceptClientId('1-b');
    await ledger().recordOnPath('shop', ['//run/a'], 0);
    await ledger().recordIapOn('shop', [{ resource: '//compute/a' }], 0);
    await ledger().saveSeenGrants('shop', [{ resource: 'r', member: 'm' }], 0);
    await ledger().askApproval({ ...question, id: 'a1' });
    turn(0);
    await putDigest('digest:sent');
    await ledger().claimNotices('a', 1, 0, 1);
    await ledger().noticeSent('digest:sent', 'a', { ts: '1', revision: 1 });
    await putDigest('digest:due');
    await ledger().setPaused(true, { who: 'ann', why: 'first' });
    await ledger().setPaused(true, { who: 'bob', why: 'last' });

    const look = async () => ({
      changes: (await ledger().changesSince(0)).map(({ id }) => id).sort(),
      stays: (await ledger().findingStays(0)).length,
      runs: (await ledger().runs(9)).length,
      sweeps: (await ledger().sweeps(9)).length,
      holds: (await ledger().holds('shop', -1)).length,
      rejected: (await ledger().clientIds(-1)).rejected.size,
      accepted: (await ledger().clientIds(-1)).accepted.size,
      onPath: (await ledger().recentlyOnPath('shop', 0)).length,
      iap: (await ledger().iapSeenOn('shop')).length,
      grants: (await ledger().seenGrants('shop')).length,
      approvals: (await ledger().approvals()).length,
      sent: (await ledger().findNotice('digest:sent')) !== undefined,
      due: await ledger().dueNotices(),
      pauses: (await ledger().pauses(9)).map(({ why }) => why),
      isPaused: await ledger().isPaused(),
    });
    const whole = {
      changes: ['closed', 'open'],
      stays: 2,
      runs: 1,
      sweeps: 1,
      holds: 1,
      rejected: 1,
      accepted: 1,
      onPath: 1,
      iap: 1,
      grants: 1,
      approvals: 1,
      sent: true,
      due: 1,
      pauses: ['last', 'first'],
      isPaused: true,
    };
    await ledger().prune(30, 30 * dayMs);
    assert.deepEqual(await look(), whole);
    await ledger().prune(30, 30 * dayMs + 1);
    assert.deepEqual(await look(), {
      ...whole,
      changes: ['open'],
      stays: 1,
      runs: 0,
      sweeps: 0,
      holds: 0,
      rejected: 0,
      onPath: 0,
      iap: 0,
      approvals: 0,
      sent: false,
      pauses: ['last'],
    });
  });

  async function putDigest(id: string): Promise<void> {
    const content = { kind: 'digest', title: 'T', lines: [] } as const;
    await ledger().putNotice({ id, project: 'shop', channel: 'C1', content }, 0);
  }
}

const question = {
  project: 'shop',
  planHash: 'hash',
  changes: [],
  askedAt: 0,
  expiresAt: 0,
  state: 'waiting',
} as const;

function intent(id: string) {
  const change = { capability: 'grant-invoker', kind: 'add', resource: 'r', role: 'o', members: ['m'] } as const;
  return { id, project: 'shop', runId: 'run', findingIds: [], change, at: 0 };
}

function run(id: string, project: string, startedAt: number) {
  const counts = { findings: 0, changes: 0 };
  return {
    id,
    project,
    reason: 'event',
    startedAt,
    endedAt: startedAt,
    outcome: 'clean',
    settingsHash: 'h',
    ...counts,
  };
}

function sweep(id: string, startedAt: number) {
  const unreadable = [{ project: 'bank', code: 'read-denied' }];
  return { id, startedAt, endedAt: startedAt, projects: 3, clean: 1, findings: 2, changes: 0, unreadable };
}
