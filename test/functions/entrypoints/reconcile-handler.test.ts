import assert from 'node:assert/strict';
import type { DeadLetter } from '../../../functions/adapters/dead-letter.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { World } from '../../../functions/core/world.ts';
import { createReconcileHandler } from '../../../functions/entrypoints/reconcile-handler.ts';
import { AppError, TerminalError } from '../../../functions/errors.ts';
import { agent, inventory, project, service } from '../../support/estate.ts';
import { buildMemoryWorld } from '../../support/memory-world.ts';

const maxAttempts = 5;

interface SetUpOptions {
  readError?: unknown;
  letterError?: Error;
  include?: string[];
  hasTopic?: boolean;
}

async function setUp(options: SetUpOptions = {}) {
  const ledger = await openSqliteLedger(':memory:', () => world.time);
  const scope = { include: options.include ?? ['acme-*'] };
  const slack = { channel: 'C0SECURITY' };
  const world = buildMemoryWorld(inventory({}), { ledger, settings: { scope, slack } });
  const letters: DeadLetter[] = [];
  const reads: string[] = [];
  const reader: World['reader'] = {
    ...world.reader,
    async readProject(name) {
      reads.push(name);
      if (options.readError !== undefined) throw options.readError;
      return await world.reader.readProject(name);
    },
  };
  let runs = 0;
  const handle = createReconcileHandler({
    world: { ...world, reader },
    ownProject: { id: 'ops', number: '1' },
    projectId: async (name) => (name === project.number ? project.name : name),
    deadLetters:
      options.hasTopic === false
        ? undefined
        : {
            async publish(letter) {
              if (options.letterError) throw options.letterError;
              letters.push(letter);
            },
          },
    maxAttempts,
    newRunId: () => `run-${++runs}`,
  });
  const post = (body: unknown, retryCount = 0, taskName?: string) =>
    handle({ body, retryCount, ...(taskName === undefined ? {} : { taskName }) });
  return { post, world, ledger, letters, reads };
}

const task = { project: project.name, reason: 'event', eventId: 'event-1', actor: 'ann@acme.example', method: 'm' };

describe('the reconcile function', () => {
  it('reconciles the project and says what came of it', async () => {
    const { post, world } = await setUp();
    const reply = await post(task);
    assert.deepEqual(reply, {
      status: 200,
      body: { outcome: 'fixed', runId: 'run-1', findings: 0, changes: 1, unreadable: 0 },
    });
    assert.deepEqual(world.policies.get(service().name)?.bindings, [{ role: 'roles/run.invoker', members: [agent] }]);
    assert.equal((await post(task)).body['outcome'], 'clean');
    assert.equal(world.writes.length, 1);
  });

  it('works under the project’s id when it is given its number', async () => {
    const { post, reads, ledger } = await setUp();
    await post({ ...task, project: project.number });
    assert.deepEqual(reads, [project.name]);
    assert.equal((await ledger.runs(1))[0]?.project, project.name);
  });

  it('reads nothing of a project outside the scope, and asks for no repeat', async () => {
    const { post, reads } = await setUp({ include: ['other-*'] });
    assert.deepEqual(await post(task), { status: 200, body: { outcome: 'out-of-scope' } });
    assert.deepEqual(reads, []);
  });

  for (const [title, body] of [
    ['nothing', undefined],
    ['a text', 'acme-prod'],
    ['no project', { reason: 'event' }],
    ['a reason that does not exist', { ...task, reason: 'because' }],
    ['an own write without etag', { project: project.name, reason: 'own-write', resource: service().name }],
    ['a project that is no text', { ...task, project: { $gt: '' } }],
  ] as const) {
    it(`asks for no repeat of ${title}, and puts it among the dead letters`, async () => {
      const { post, letters, reads, world } = await setUp();
      assert.deepEqual(await post(body), { status: 200, body: { code: 'bad-request' } });
      assert.deepEqual(
        letters.map(({ code }) => code),
        ['bad-request'],
      );
      assert.deepEqual(reads, []);
      assert.equal(world.lines.filter(({ level }) => level === 'error').length, 1);
    });
  }

  it('asks for a repeat of what may succeed later, without a dead letter', async () => {
    const { post, letters } = await setUp({ readError: new AppError('read-failed', 'Compute is busy') });
    assert.deepEqual(await post(task, maxAttempts - 2), { status: 503, body: { code: 'read-failed' } });
    assert.deepEqual(letters, []);
  });

  it('asks for a repeat while another run holds the project', async () => {
    const { post, ledger } = await setUp();
    await ledger.acquireLease(project.name, 'other-run', 60_000);
    assert.deepEqual(await post(task), { status: 503, body: { code: 'project-busy' } });
  });

  it('goes on at once when the run that holds the project had the same task and died', async () => {
    const { post, ledger } = await setUp();
    await ledger.acquireLease(project.name, 'dead-run', 120_000, 'task-1');
    assert.deepEqual(await post(task, 1, 'task-2'), { status: 503, body: { code: 'project-busy' } });
    assert.equal((await post(task, 1, 'task-1')).body['outcome'], 'fixed');
  });

  it('puts the task among the dead letters at the queue’s last try', async () => {
    const { post, letters, world } = await setUp({ readError: new AppError('read-failed', 'Compute is busy') });
    assert.deepEqual(await post(task, maxAttempts - 1), { status: 200, body: { code: 'read-failed' } });
    assert.deepEqual(letters, [
      {
        why: 'Compute is busy',
        project: project.name,
        eventId: 'event-1',
        actor: 'ann@acme.example',
        code: 'read-failed',
      },
    ]);
    assert.ok(world.lines.some(({ level }) => level === 'error'));
  });

  it('tells people what was given up, what to do, and where it is kept', async () => {
    const hint = 'Grant roles/compute.viewer.';
    for (const [hasTopic, where] of [
      [true, 'It is among the dead letters; sallyport replay works them off.'],
      [false, 'It is kept nowhere but in the log: SALLYPORT_DEAD_LETTER_TOPIC is not set.'],
    ] as const) {
      const readError = new AppError('read-denied', 'Reading the backends failed', { hint });
      const { post, ledger, world } = await setUp({ readError, hasTopic });
      await post(task, maxAttempts - 1);
      const [notice, ...others] = await ledger.claimNotices('test', 10, world.time, 1000);
      assert.deepEqual(others, []);
      assert.deepEqual(notice?.content.kind === 'alert' && notice.content.lines, [
        'Reading the backends failed',
        hint,
        where,
      ]);
    }
  });

  it('does so at once for what can never succeed', async () => {
    const { post, letters } = await setUp({ readError: new TerminalError('project-not-found', 'gone') });
    assert.deepEqual(await post(task), { status: 200, body: { code: 'project-not-found' } });
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['project-not-found'],
    );
  });

  it('leaves no letter of a project that a sweep can never look at: the digest names it, and the next sweep asks again', async () => {
    const { post, letters, ledger } = await setUp({ readError: new TerminalError('project-not-found', 'gone') });
    const swept = { project: project.name, reason: 'sweep' };
    assert.deepEqual(await post(swept), { status: 200, body: { code: 'project-not-found' } });
    assert.deepEqual(await post(swept, maxAttempts - 1), { status: 200, body: { code: 'project-not-found' } });
    assert.deepEqual(letters, []);
    assert.equal(await ledger.dueNotices(), 0);
    assert.equal((await ledger.runs(1))[0]?.error, 'project-not-found');
  });

  it('calls somebody each time when a sweep may not write, and not when a project is gone', async () => {
    for (const [code, errors] of [
      ['write-denied', 1],
      ['write-refused', 1],
      ['project-not-found', 0],
    ] as const) {
      const { post, letters, world } = await setUp({ readError: new TerminalError(code, 'no') });
      assert.deepEqual(await post({ project: project.name, reason: 'sweep' }), { status: 200, body: { code } });
      assert.equal(world.lines.filter(({ level }) => level === 'error').length, errors, code);
      assert.deepEqual(letters, []);
    }
  });

  it('keeps a letter of a sweep that only had no luck until the last try', async () => {
    const { post, letters } = await setUp({ readError: new AppError('read-failed', 'Compute is busy') });
    assert.equal((await post({ project: project.name, reason: 'sweep' }, maxAttempts - 1)).status, 200);
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['read-failed'],
    );
  });

  it('takes a fault of its own for transient, and gives up at the last try all the same', async () => {
    const { post, letters } = await setUp({ readError: new TypeError('x is undefined') });
    assert.deepEqual(await post(task), { status: 503, body: { code: 'unexpected' } });
    assert.equal((await post(task, maxAttempts - 1)).status, 200);
    assert.deepEqual(
      letters.map(({ code }) => code),
      ['unexpected'],
    );
  });

  it('keeps the task with the queue when the dead letter cannot be written', async () => {
    const letterError = new AppError('dead-letter-failed', 'no topic');
    const { post } = await setUp({ readError: new TerminalError('project-not-found', 'gone'), letterError });
    assert.equal((await post(task)).status, 503);
  });

  it('starts no round for a write of its own, and one for a write that only looks like its own', async () => {
    const { post, reads, ledger, world } = await setUp();
    await post(task);
    const [change] = await ledger.changesSince(0);
    const etag = change?.result?.after?.etag;
    reads.length = 0;
    const ownWrite = { project: project.name, reason: 'own-write', resource: service().name, eventId: 'event-2' };
    assert.deepEqual(await post({ ...ownWrite, etag }), { status: 200, body: { outcome: 'own' } });
    assert.deepEqual(reads, []);
    assert.equal((await post({ ...ownWrite, etag: 'somebody-elses' })).body['outcome'], 'clean');
    assert.deepEqual(reads, [project.name]);
    const alerts = world.lines.filter(({ fields }) => fields['code'] === 'foreign-own-write');
    assert.equal(alerts.length, 1);
  });
});
