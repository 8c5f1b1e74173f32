import assert from 'node:assert/strict';
import type { DeadLetter } from '../../../functions/adapters/dead-letter.ts';
import { createLog } from '../../../functions/adapters/log.ts';
import type { TaskRequest } from '../../../functions/adapters/task-queue.ts';
import { createAuditEventHandler } from '../../../functions/entrypoints/audit-event-handler.ts';
import { AppError } from '../../../functions/errors.ts';
import { asEventarc, auditEntry, ownAccount, policyEntry } from '../../support/audit-entry.ts';

const noon = Date.UTC(2026, 10, 23, 12);

function setUp(changes: { include?: string[]; exclude?: string[]; queueError?: Error } = {}) {
  const { include = ['shop-*'], exclude = [], queueError } = changes;
  const queued: TaskRequest[] = [];
  const letters: DeadLetter[] = [];
  const lines: Record<string, unknown>[] = [];
  const lookedUp: string[] = [];
  const handle = createAuditEventHandler({
    settings: { scope: { include, exclude }, timing: { bucketSeconds: 30, settleSeconds: 10 } },
    ownProject: { id: 'ops-prod', number: '111' },
    ownPrincipal: ownAccount,
    queue: {
      async enqueue(request) {
        if (queueError) throw queueError;
        queued.push(request);
        return { outcome: 'created', task: request.plan.id };
      },
    },
    deadLetters: { publish: async (letter) => void letters.push(letter) },
    projectId: async (project) => {
      lookedUp.push(project);
      return project === '222' ? 'shop-prod' : project;
    },
    clock: { now: () => noon },
    log: createLog({ write: (line) => lines.push(JSON.parse(line)) }),
  });
  return { handle, queued, letters, lines, lookedUp };
}

const inProject = (project: string) =>
  asEventarc(
    auditEntry({
      resource: { type: 'x', labels: { project_id: project, location: 'europe-west1' } },
      logName: undefined,
      payload: { resourceName: `namespaces/${project}/services/web` },
    }),
  );

describe('the audit-event function', () => {
  it('puts a task into the queue, and logs one line with the decision', async () => {
    const { handle, queued, lines } = setUp();
    const outcome = await handle(asEventarc(auditEntry()));
    assert.equal(outcome.decision, 'reconcile');
    assert.deepEqual(
      queued.map((request) => request.body),
      [
        {
          project: 'shop-prod',
          reason: 'event',
          eventId: 'event-1',
          method: 'google.cloud.run.v1.Services.ReplaceService',
          resource: '//run.googleapis.com/projects/shop-prod/locations/europe-west1/services/web',
          actor: 'ada@example.com',
        },
      ],
    );
    assert.equal(queued[0]?.plan.scheduleTime, noon + 40_000);
    assert.equal(lines.length, 1);
    const { severity, message, decision, eventId, project, actor, task } = lines[0] ?? {};
    assert.deepEqual(
      { severity, message, decision, eventId, project, actor, task },
      {
        severity: 'INFO',
        message: 'event decided',
        decision: 'reconcile',
        eventId: 'event-1',
        project: 'shop-prod',
        actor: 'ada@example.com',
        task: queued[0]?.plan.id,
      },
    );
  });

  it('asks for a check of an own write, by resource and etag', async () => {
    const { handle, queued } = setUp();
    assert.equal((await handle(asEventarc(policyEntry()))).decision, 'own-write');
    assert.deepEqual(queued[0]?.body, {
      project: 'shop-prod',
      reason: 'own-write',
      resource: '//run.googleapis.com/projects/shop-prod/locations/europe-west1/services/web',
      etag: 'BwYQYvUoBxs=',
      eventId: 'event-1',
    });
  });

  it('drops a project outside the scope before anything is read, logged as such', async () => {
    const { handle, queued, letters, lines, lookedUp } = setUp({ include: [] });
    assert.equal((await handle(inProject('other-prod'))).decision, 'out-of-scope');
    assert.equal((await handle(inProject('222'))).decision, 'out-of-scope');
    assert.deepEqual([queued, letters, lookedUp], [[], [], []]);
    assert.deepEqual(
      lines.map((line) => [line['severity'], line['decision']]),
      Array(2).fill(['WARNING', 'out-of-scope']),
    );
  });

  it('lets exclusion win, also for a number', async () => {
    const { handle, queued, lookedUp } = setUp({ include: ['*'], exclude: ['shop-prod', '333'] });
    for (const project of ['shop-prod', '222', '333']) {
      assert.equal((await handle(inProject(project))).decision, 'out-of-scope', project);
    }
    assert.deepEqual(queued, []);
    assert.ok(!lookedUp.includes('333'));
  });

  it('knows its own project by number, without a look-up', async () => {
    const { handle, queued, lookedUp } = setUp({ include: [] });
    await handle(inProject('111'));
    const resource = '//run.googleapis.com/projects/ops-prod/locations/europe-west1/services/web';
    assert.equal(Object(queued[0]?.body).project, 'ops-prod');
    assert.equal(Object(queued[0]?.body).resource, resource);
    assert.deepEqual(lookedUp, []);
  });

  it('gives events by number and by id the same task', async () => {
    const { handle, queued } = setUp();
    await handle(inProject('222'));
    await handle(inProject('shop-prod'));
    assert.equal(queued[0]?.plan.id, queued[1]?.plan.id);
    assert.deepEqual(queued[0]?.body, queued[1]?.body);
  });

  it('ignores what starts nothing, with a line that says why', async () => {
    const { handle, queued, letters, lines } = setUp();
    assert.equal((await handle(asEventarc(auditEntry({ payload: { status: { code: 7 } } })))).decision, 'ignored');
    assert.deepEqual([queued, letters], [[], []]);
    assert.match(String(lines[0]?.['why']), /failed with code 7/);
  });

  it('puts what can never succeed among the dead letters, as an error with its code, and is done with it', async () => {
    for (const [event, code] of [
      [{}, 'event-unusable'],
      [undefined, 'event-unusable'],
      [asEventarc(auditEntry({ padding: 'x'.repeat(600_000) })), 'event-too-large'],
    ] as const) {
      const { handle, queued, letters, lines } = setUp();
      assert.equal((await handle(event)).decision, 'unusable');
      assert.deepEqual(queued, []);
      assert.equal(letters[0]?.code, code);
      assert.equal(lines[0]?.['severity'], 'ERROR');
      assert.equal(Object(lines[0]?.['error']).code, code);
    }
  });

  it('throws when the queue is away, so that delivery repeats the event', async () => {
    const { handle, letters } = setUp({ queueError: new AppError('queue-failed', 'away') });
    await assert.rejects(handle(asEventarc(auditEntry())), { code: 'queue-failed' });
    assert.deepEqual(letters, []);
  });
});
