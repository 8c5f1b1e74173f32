import assert from 'node:assert/strict';
import type { ChangeIntent, ChangeResult } from '../../../../functions/core/change/change.ts';
import { buildFindingId, type Finding } from '../../../../functions/core/finding.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import { describeApprovals } from './approval-contract.ts';
import { describeNotices } from './notice-contract.ts';
import { describeReports } from './report-contract.ts';

/** What every engine of the ledger promises: run over each of them. `open` gives a new, empty ledger that asks `now`. */
export function describeLedger(engine: string, open: (now: () => number) => Promise<Ledger>): void {
  describe(`ledger on ${engine}`, () => {
    let ledger: Ledger;
    let time = 0;

    beforeEach(async () => {
      time = 1_800_000_000_000;
      ledger = await open(() => time);
    });
    afterEach(() => ledger.close());

    it('gives the lease of a project to one holder', async () => {
      assert.equal(await ledger.acquireLease('shop', 'a', 1000), true);
      assert.equal(await ledger.acquireLease('shop', 'b', 1000), false);
      assert.equal(await ledger.acquireLease('bank', 'b', 1000), true);
    });

    it('gives a released or run-out lease to the next, and no longer to the last', async () => {
      await ledger.acquireLease('shop', 'a', 1000);
      await ledger.releaseLease('shop', 'a');
      assert.equal(await ledger.acquireLease('shop', 'b', 1000), true);
      time += 1000;
      assert.equal(await ledger.renewLease('shop', 'b', 1000), false);
      assert.equal(await ledger.acquireLease('shop', 'c', 1000), true);
      assert.equal(await ledger.renewLease('shop', 'b', 1000), false);
    });

    it('extends a lease for its holder only, and lets nobody else release it', async () => {
      await ledger.acquireLease('shop', 'a', 1000);
      await ledger.releaseLease('shop', 'b');
      assert.equal(await ledger.renewLease('shop', 'b', 1000), false);
      time += 999;
      assert.equal(await ledger.renewLease('shop', 'a', 1000), true);
      time += 999;
      assert.equal(await ledger.acquireLease('shop', 'b', 1000), false);
    });

    it('passes the lease of a task to the next run of the same task, and lets the last one renew no more', async () => {
      await ledger.acquireLease('shop', 'a', 1000, 'task-1');
      assert.equal(await ledger.acquireLease('shop', 'b', 1000, 'task-2'), false);
      assert.equal(await ledger.acquireLease('shop', 'b', 1000), false);
      assert.equal(await ledger.acquireLease('shop', 'b', 1000, 'task-1'), true);
      assert.equal(await ledger.renewLease('shop', 'a', 1000), false);
      await ledger.releaseLease('shop', 'a');
      assert.equal(await ledger.renewLease('shop', 'b', 1000), true);
    });

    it('takes no two runs without a task for the same one', async () => {
      await ledger.acquireLease('shop', 'a', 1000);
      assert.equal(await ledger.acquireLease('shop', 'b', 1000), false);
      assert.equal(await ledger.acquireLease('shop', 'b', 1000, 'task-1'), false);
    });

    it('forgets the task of a lease that has run out with its next holder', async () => {
      await ledger.acquireLease('shop', 'a', 1000, 'task-1');
      time += 1000;
      assert.equal(await ledger.acquireLease('shop', 'b', 1000), true);
      assert.equal(await ledger.acquireLease('shop', 'c', 1000, 'task-1'), false);
    });

    it('keeps an intent open until its result is there', async () => {
      await ledger.recordIntent(intent('run1-1'));
      await ledger.recordIntent(intent('run2-1', { project: 'bank' }));
      assert.deepEqual(await ledger.openIntents('shop'), [intent('run1-1')]);
      await ledger.recordResult('run1-1', applied('e2'));
      assert.deepEqual(await ledger.openIntents('shop'), []);
      assert.deepEqual(await ledger.findChange('run1-1'), { ...intent('run1-1'), result: applied('e2') });
      assert.equal(await ledger.findChange('run9-1'), undefined);
    });

    it('gives changes of every kind back as they were told', async () => {
      const ingress = { capability: 'restrict-ingress', kind: 'ingress', resource, ingress: 'internal' } as const;
      const state = { etag: 'e', generation: '7', ingress: 'all' } as const;
      const result = {
        outcome: 'applied',
        at: 3,
        serviceBefore: state,
        serviceAfter: { ...state, generation: '8' },
      } as const;
      await ledger.recordIntent(intent('a', { change: ingress }));
      await ledger.recordResult('a', result);
      assert.deepEqual(await ledger.findChange('a'), { ...intent('a', { change: ingress }), result });
    });

    it('refuses the same intent twice, and a result without intent', async () => {
      await ledger.recordIntent(intent('run1-1'));
      await assert.rejects(() => ledger.recordIntent(intent('run1-1')));
      await assert.rejects(() => ledger.recordResult('run9-1', applied('e2')));
    });

    it('lists changes newest first, from a time on, of one project or of all', async () => {
      await ledger.recordIntent(intent('a', { at: 10 }));
      await ledger.recordIntent(intent('b', { at: 20, project: 'bank' }));
      await ledger.recordIntent(intent('c', { at: 30 }));
      const ids = async (since: number, project?: string) =>
        (await ledger.changesSince(since, project)).map(({ id }) => id);
      assert.deepEqual(await ids(0), ['c', 'b', 'a']);
      assert.deepEqual(await ids(20), ['c', 'b']);
      assert.deepEqual(await ids(0, 'shop'), ['c', 'a']);
    });

    it('knows the etags of its own writes, by resource, and no others', async () => {
      await ledger.recordIntent(intent('a'));
      await ledger.recordIntent(intent('b'));
      await ledger.recordIntent(intent('c'));
      await ledger.recordResult('a', applied('ours'));
      await ledger.recordResult('b', { outcome: 'failed', at: time, after: { etag: 'seen' }, code: 'write-denied' });
      await ledger.recordResult('c', { outcome: 'unchanged', at: time, after: { etag: 'read' } });
      assert.equal(await ledger.isOwnEtag(resource, 'ours'), true);
      assert.equal(await ledger.isOwnEtag(resource, 'seen'), false);
      assert.equal(await ledger.isOwnEtag(resource, 'read'), false);
      assert.equal(await ledger.isOwnEtag(`${resource}2`, 'ours'), false);
    });

    it('holds a resource and member until the time is over', async () => {
      const hold = { project: 'shop', resource, member: 'serviceAccount:a', until: time + 10, reason: 'undone by ann' };
      await ledger.addHold(hold);
      await ledger.addHold({ ...hold, project: 'bank', resource: `${resource}2` });
      assert.deepEqual(await ledger.holds('shop', time), [hold]);
      await ledger.addHold({ ...hold, until: time + 20 });
      assert.deepEqual(await ledger.holds('shop', time + 15), [{ ...hold, until: time + 20 }]);
      assert.deepEqual(await ledger.holds('shop', time + 20), []);
    });

    it('forgets a rejected client ID in time, and an acceptance ends a rejection', async () => {
      await ledger.rejectClientId('1-a', time + 10);
      await ledger.rejectClientId('1-b', time + 10);
      await ledger.acceptClientId('1-b');
      const now = await ledger.clientIds(time);
      assert.deepEqual([...now.rejected], ['1-a']);
      assert.deepEqual([...now.accepted], ['1-b']);
      const later = await ledger.clientIds(time + 10);
      assert.deepEqual([...later.rejected], []);
      assert.deepEqual([...later.accepted], ['1-b']);
    });

    it('says which findings are new and which are gone, project by project', async () => {
      const [a, b, c] = [finding('a'), finding('b'), finding('c')];
      assert.deepEqual(await ledger.saveFindings('shop', [a, b], 1), { opened: [a, b], resolved: [] });
      assert.deepEqual(await ledger.saveFindings('bank', [a], 1), { opened: [a], resolved: [] });
      assert.deepEqual(await ledger.saveFindings('shop', [b, c], 2), { opened: [c], resolved: [a] });
      assert.deepEqual(await ledger.saveFindings('shop', [b, c], 3), { opened: [], resolved: [] });
      assert.deepEqual(await ledger.openFindings('shop'), [
        { finding: b, openedAt: 1 },
        { finding: c, openedAt: 2 },
      ]);
      assert.equal((await ledger.openFindings()).length, 3);
    });

    it('opens a finding anew when it comes back, and keeps its opening time while its words change', async () => {
      await ledger.saveFindings('shop', [finding('a')], 1);
      await ledger.saveFindings('shop', [], 2);
      const again = { ...finding('a'), note: 'again' };
      assert.deepEqual((await ledger.saveFindings('shop', [again], 3)).opened, [again]);
      await ledger.saveFindings('shop', [{ ...again, note: 'still' }], 4);
      assert.deepEqual(await ledger.openFindings('shop'), [{ finding: { ...again, note: 'still' }, openedAt: 3 }]);
    });

    it('tells a finding that somebody decided to live with from one that was resolved', async () => {
      await ledger.saveFindings('shop', [finding('a'), finding('b')], 1);
      await ledger.saveFindings('shop', [], 2, new Set([finding('b').id]));
      const stays = await ledger.findingStays(0, 'shop');
      assert.deepEqual(
        stays.map((stay) => [stay.finding.id, stay.resolvedAt, stay.isExempt]),
        [
          [finding('a').id, 2, undefined],
          [finding('b').id, 2, true],
        ],
      );
    });

    it('keeps since when a grant has been seen without a break, project by project', async () => {
      const [one, two] = [
        { resource, member: 'serviceAccount:a' },
        { resource, member: 'serviceAccount:b' },
      ];
      await ledger.saveSeenGrants('shop', [one], 10);
      await ledger.saveSeenGrants('bank', [one], 15);
      await ledger.saveSeenGrants('shop', [one, two, two], 20);
      assert.deepEqual(await ledger.seenGrants('shop'), [
        { ...one, since: 10 },
        { ...two, since: 20 },
      ]);
      await ledger.saveSeenGrants('shop', [two], 30);
      await ledger.saveSeenGrants('shop', [two, one], 40);
      assert.deepEqual(await ledger.seenGrants('shop'), [
        { ...two, since: 20 },
        { ...one, since: 40 },
      ]);
      assert.deepEqual(await ledger.seenGrants('bank'), [{ ...one, since: 15 }]);
    });

    it('knows which services were on a path of a project lately, by when they were seen there last', async () => {
      const [a, b] = [`${resource}-a`, `${resource}-b`];
      await ledger.recordOnPath('shop', [b, a, a], 10);
      await ledger.recordOnPath('bank', [`${resource}-c`], 10);
      await ledger.recordOnPath('shop', [b], 20);
      await ledger.recordOnPath('shop', [], 30);
      assert.deepEqual(await ledger.recentlyOnPath('shop', 10), [a, b]);
      assert.deepEqual(await ledger.recentlyOnPath('shop', 11), [b]);
      assert.deepEqual(await ledger.recentlyOnPath('shop', 21), []);
    });

    it('lists runs newest first, up to a limit', async () => {
      for (const [id, startedAt] of [
        ['r1', 1],
        ['r3', 3],
        ['r2', 2],
      ] as const) {
        await ledger.recordRun({ ...run, id, startedAt });
      }
      assert.deepEqual(
        (await ledger.runs(2)).map(({ id }) => id),
        ['r3', 'r2'],
      );
      assert.deepEqual((await ledger.runs(9))[2], { ...run, id: 'r1', startedAt: 1 });
    });

    it('is paused only while it is told to be', async () => {
      assert.equal(await ledger.isPaused(), false);
      await ledger.setPaused(true);
      assert.equal(await ledger.isPaused(), true);
      await ledger.setPaused(false);
      assert.equal(await ledger.isPaused(), false);
    });

    it('keeps who paused and why, newest first', async () => {
      await ledger.setPaused(true, { who: 'ann', why: 'release freeze' });
      time += 5;
      await ledger.setPaused(false, { who: 'bob', why: 'freeze is over' });
      const [ended, begun] = await ledger.pauses(9);
      assert.deepEqual(ended, { paused: false, at: time, who: 'bob', why: 'freeze is over' });
      assert.deepEqual(begun, { paused: true, at: time - 5, who: 'ann', why: 'release freeze' });
      assert.equal((await ledger.pauses(1)).length, 1);
    });

    describeApprovals(() => ledger);
    describeNotices(() => ledger);
    describeReports(() => ledger, {
      finding,
      turn: (to) => {
        time = to;
      },
    });
  });
}

const resource = '//run.googleapis.com/projects/shop/locations/europe-west1/services/web';

const run = {
  id: '',
  project: 'shop',
  reason: 'event',
  startedAt: 0,
  endedAt: 9,
  outcome: 'clean',
  settingsHash: '0123456789abcdef',
  findings: 0,
  changes: 0,
};

function intent(id: string, over: Partial<ChangeIntent> = {}): ChangeIntent {
  const members = ['serviceAccount:service-111@gcp-sa-iap.iam.gserviceaccount.com'];
  const change = { capability: 'grant-invoker', kind: 'add', resource, role: 'roles/run.invoker', members } as const;
  return { id, project: 'shop', runId: 'run', findingIds: ['f'], change, at: 1, ...over };
}

function applied(etag: string): ChangeResult {
  return {
    outcome: 'applied',
    at: 2,
    before: { etag: 'e1' },
    after: { etag, bindings: [{ role: 'r', members: ['m'] }] },
  };
}

function finding(subject: string): Finding {
  return {
    id: buildFindingId('iap-invoker-missing', resource, subject),
    rule: 'iap-invoker-missing',
    severity: 'high',
    mode: 'enforce',
    project: 'shop',
    region: 'europe-west1',
    resource,
    subject,
    message: 'm',
    hint: 'h',
    want: [],
    have: [],
    via: [],
    fix: { actions: [], gcloud: [], terraform: '' },
  };
}
