import assert from 'node:assert/strict';
import type { Sweep } from '../../../functions/core/people.ts';
import { createSweepHandler, type SweepDeps } from '../../../functions/entrypoints/sweep-handler.ts';
import { AppError } from '../../../functions/errors.ts';

const noTotals = { looked: 0, clean: 0, findings: 0, changes: 0, unreadable: [] };

describe('function sweep', () => {
  it('plans portions of the projects in scope, with a new id', async () => {
    const { handle } = open({ listProjects: async () => ['b', 'a'] });
    const { status, body } = await handle({ step: 'plan' });
    assert.equal(status, 200);
    assert.deepEqual(body, { sweepId: 'sweep-1', startedAt: 1000, projects: 2, shards: [['a', 'b']] });
  });

  it('says loudly that nothing is in scope', async () => {
    const { handle, logged } = open({ listProjects: async () => [] });
    assert.deepEqual((await handle({ step: 'plan' })).body['shards'], []);
    assert.ok(logged.some(({ level, message }) => level === 'error' && message === 'no project is in scope'));
  });

  it('asks to be called again when the projects cannot be listed', async () => {
    const { handle } = open({ listProjects: async () => Promise.reject(new AppError('read-denied', 'no')) });
    assert.deepEqual(await handle({ step: 'plan' }), { status: 503, body: { code: 'read-denied' } });
  });

  it('records the sweep, tells of it, sends, and forgets what is old', async () => {
    const { handle, sweeps, notices, calls } = open();
    const unreadable = [{ project: 'c', code: 'read-denied' }];
    const totals = { 0: { ...noTotals, looked: 2, clean: 1, findings: 3, unreadable } };
    const { status, body } = await handle({ step: 'digest', sweepId: 's1', startedAt: 500, projects: 3, totals });
    assert.equal(status, 200);
    assert.deepEqual(body, { sweepId: 's1', projects: 3, clean: 1, findings: 3, changes: 0, unreadable: 1 });
    assert.deepEqual(sweeps[0]?.unreadable, unreadable);
    assert.deepEqual(notices, ['digest:s1']);
    assert.deepEqual(calls, ['sent', 'pruned 400']);
  });

  it('tells of a sweep also when the first try died after it was recorded', async () => {
    const failed: string[] = [];
    const { handle, notices } = open({
      ledger: {
        ...emptyLedger,
        recordSweep: async ({ id }) => void failed.push(id),
        sweeps: async (limit) => failed.map((id) => ({ ...oneBad, id })).slice(0, limit),
        putNotice: async ({ id }) => {
          if (failed.length === 1) throw new AppError('ledger-failed', 'away');
          notices.push(id);
        },
      },
    });
    const totals = { 0: { ...noTotals, unreadable: oneBad.unreadable } };
    const digest = { step: 'digest', sweepId: 's1', startedAt: 500, projects: 1, totals };
    assert.equal((await handle(digest)).status, 503);
    assert.equal((await handle(digest)).status, 200);
    assert.deepEqual(notices, ['digest:s1']);
  });

  it('tells nobody where no Slack is set', async () => {
    const { handle, notices } = open({ settings: { slack: undefined, retentionDays: 400 } });
    const totals = { 0: { ...noTotals, unreadable: [{ project: 'c', code: 'x' }] } };
    await handle({ step: 'digest', sweepId: 's1', startedAt: 500, projects: 1, totals });
    assert.deepEqual(notices, []);
  });

  for (const body of [undefined, {}, { step: 'dance' }, { step: 'digest', sweepId: 's' }, '[]']) {
    it(`refuses ${JSON.stringify(body)} and does not ask for it again`, async () => {
      assert.deepEqual(await open().handle(body), { status: 400, body: { code: 'bad-request' } });
    });
  }
});

const oneBad: Sweep = {
  id: 's1',
  startedAt: 500,
  endedAt: 1000,
  projects: 1,
  clean: 0,
  findings: 0,
  changes: 0,
  unreadable: [{ project: 'c', code: 'x' }],
};

const emptyLedger: SweepDeps['ledger'] = {
  recordSweep: async () => undefined,
  sweeps: async () => [],
  putNotice: async () => undefined,
  prune: async () => undefined,
};

function open(over: Partial<SweepDeps> = {}) {
  const sweeps: Sweep[] = [];
  const notices: string[] = [];
  const calls: string[] = [];
  const logged: { level: string; message: string }[] = [];
  const put = (level: string) => (message: string) => logged.push({ level, message });
  const log = { debug: put('debug'), info: put('info'), warn: put('warn'), error: put('error'), child: () => log };
  const handle = createSweepHandler({
    listProjects: async () => ['a'],
    ledger: {
      recordSweep: async (sweep) => void sweeps.push(sweep),
      sweeps: async () => [],
      putNotice: async ({ id }) => void notices.push(id),
      prune: async (days) => void calls.push(`pruned ${days}`),
    },
    settings: { slack: { channel: 'C1', routes: [], approvers: [], digestAbove: 10 }, retentionDays: 400 },
    clock: { now: () => 1000 },
    log,
    newSweepId: () => 'sweep-1',
    sendDueNotices: async () => void calls.push('sent'),
    ...over,
  });
  return { handle, sweeps, notices, calls, logged };
}
