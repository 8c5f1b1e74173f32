import assert from 'node:assert/strict';
import type { ApprovalWorkflow } from '../../../../functions/adapters/approval-workflow.ts';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { TaskQueue, TaskRequest } from '../../../../functions/adapters/task-queue.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import type { Approval } from '../../../../functions/core/people.ts';
import { createReconcileHandler, type ReconcileDeps } from '../../../../functions/entrypoints/reconcile-handler.ts';
import { AppError } from '../../../../functions/errors.ts';
import { agent, grant, inventory, policy, project, service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';

const shop = service();
const settings = {
  scope: { include: ['acme-*'] },
  capabilities: ['grant-invoker', 'revoke-invoker'],
  timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
  slack: { channel: 'C1', approvers: ['U1'] },
};
const callbackUrl =
  'https://workflowexecutions.googleapis.com/v1/projects/p/locations/l/workflows/w/executions/e/callbacks/c';
const away = new AppError('approval-workflow-failed', 'Workflows is away');
const by = 'slack:U1 (ann)';

interface Options {
  readonly over?: Readonly<Record<string, unknown>>;
  readonly capabilities?: readonly string[];
  readonly workflow?: Partial<ApprovalWorkflow>;
  readonly deps?: Partial<ReconcileDeps>;
}

describe('tasks of approvals', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  const started: string[] = [];
  const called: string[] = [];
  const enqueued: (TaskRequest & { to: string })[] = [];
  let sent = 0;

  afterEach(() => ledger.close());

  async function setUp({ over, capabilities, workflow, deps }: Options = {}) {
    for (const list of [started, called, enqueued]) list.length = 0;
    sent = 0;
    ledger = await openSqliteLedger(':memory:', () => world.time);
    const estate = inventory({ services: [shop], policies: [[shop, policy(grant(agent, 'allUsers'))]] });
    world = buildMemoryWorld(estate, {
      ledger,
      settings: { ...settings, ...over },
      ...(capabilities ? { capabilities } : {}),
    });
    const queueTo = (to: string): TaskQueue => ({
      async enqueue(request) {
        // Messages are another story.
        if (request.body.reason !== 'notify') enqueued.push({ ...request, to });
        return { outcome: 'created', task: request.plan.id };
      },
    });
    let runs = 0;
    const handle = createReconcileHandler({
      world,
      ownProject: { id: 'ops', number: '1' },
      projectId: async (name) => name,
      deadLetters: undefined,
      maxAttempts: undefined,
      newRunId: () => `run-${++runs}`,
      workflow: {
        isCallback: (url) => url === callbackUrl,
        async start({ id }) {
          started.push(id);
        },
        async callBack({ id }, url) {
          called.push(`${id} ${url}`);
        },
        ...workflow,
      },
      queue: queueTo('reconcile'),
      queueOf: (capability) => (capability === 'revoke-invoker' ? queueTo(capability) : undefined),
      sendDueNotices: async () => {
        sent += 1;
      },
      ...deps,
    });
    return async (body: Readonly<Record<string, unknown>>) => {
      world.time += 1000;
      return await handle({ body, retryCount: 0 });
    };
  }

  const sweep = { reason: 'sweep', project: project.name };
  const question = async (): Promise<Approval> => {
    const [asked] = await ledger.approvals({ state: 'waiting' });
    assert.ok(asked, 'nobody is asked');
    return asked;
  };
  const step = ({ id }: Approval, name: string, more = {}) => ({
    reason: 'approval',
    step: name,
    project: project.name,
    approvalId: id,
    ...more,
  });
  const decision = ({ id, planHash }: Approval, over = {}) => ({
    reason: 'decision',
    approvalId: id,
    planHash,
    approved: true,
    by,
    ...over,
  });
  const members = () => (world.policies.get(shop.name)?.bindings ?? []).flatMap((binding) => binding.members ?? []);
  const stateOf = async ({ id }: Approval) => (await ledger.findApproval(id))?.state;
  const noticeState = async ({ id }: Approval) => {
    const content = (await ledger.findNotice(`approval:${id}`))?.content;
    return content?.kind === 'approval' ? content.state : undefined;
  };

  it('a new question starts the workflow, once', async () => {
    const post = await setUp();
    await post(sweep);
    await post(sweep);
    assert.deepEqual(started, [(await question()).id]);
  });

  it('a start that failed is logged, fails no run, and is made up for by a later one', async () => {
    let isAway = true;
    const post = await setUp({
      workflow: {
        async start({ id }) {
          if (isAway) throw away;
          started.push(id);
        },
      },
    });
    assert.equal((await post(sweep)).status, 200);
    assert.ok(
      world.lines.some(({ level, fields }) => level === 'error' && fields['code'] === 'approval-workflow-failed'),
    );
    isAway = false;
    world.time += 10 * 60_000;
    await post(sweep);
    assert.deepEqual(started, [(await question()).id]);
  });

  it('ask keeps where the workflow waits, and people are told', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    const { status, body } = await post(step(asked, 'ask', { callbackUrl }));
    assert.deepEqual([status, body], [200, { outcome: 'waiting', state: 'waiting' }]);
    assert.equal((await question()).callbackUrl, callbackUrl);
    assert.equal(await noticeState(asked), 'waiting');
    assert.equal(sent, 1, 'by the step; the sweep has left it to a task');
  });

  it('ask refuses an address that is none of the workflow’s, and keeps nothing', async () => {
    const post = await setUp();
    await post(sweep);
    const reply = await post(step(await question(), 'ask', { callbackUrl: 'https://evil.example/' }));
    assert.deepEqual(reply, { status: 200, body: { code: 'bad-request' } });
    assert.equal((await question()).callbackUrl, undefined);
  });

  it('ask comes too late for somebody who was quick: the workflow hears of the answer at once', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    await post(decision(asked, { approved: false }));
    assert.equal((await post(step(asked, 'ask', { callbackUrl }))).body['state'], 'rejected');
    assert.deepEqual(called, [`${asked.id} ${callbackUrl}`]);
  });

  it('a yes goes into the ledger and to the workflow, which has it acted on', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    await post(step(asked, 'ask', { callbackUrl }));
    assert.deepEqual((await post(decision(asked))).body, { outcome: 'decided', state: 'approved' });
    assert.deepEqual([called.length, world.changes.length, await noticeState(asked)], [1, 0, 'approved']);
    const { body } = await post(step(asked, 'act', { callbackUrl: '' }));
    assert.deepEqual([body['outcome'], body['state'], members()], ['fixed', 'applied', [agent]]);
    assert.equal((await ledger.changesSince(0))[0]?.approvedBy, by);
    assert.equal((await post(step(asked, 'act'))).body['outcome'], 'applied');
    assert.equal(world.changes.length, 1);
  });

  for (const [title, workflow] of [
    ['no workflow waits', undefined],
    ['the workflow cannot be reached', callbackUrl],
  ] as const) {
    it(`a yes is acted on at once where ${title}`, async () => {
      const post = await setUp({
        workflow: {
          callBack: async () => {
            throw away;
          },
        },
      });
      await post(sweep);
      const asked = await question();
      if (workflow) await ledger.setApprovalCallback(asked.id, workflow);
      const { status, body } = await post(decision(asked));
      assert.deepEqual([status, body['outcome'], body['state']], [200, 'decided', 'applied']);
      assert.deepEqual(members(), [agent]);
    });
  }

  it('a yes whose delivery is repeated is taken to its end, and made once', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    await post(decision(asked));
    assert.equal((await post(decision(asked))).body['outcome'], 'decided');
    assert.equal(world.changes.length, 1);
  });

  it('a no changes nothing but the ledger, and the workflow hears of it', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    await post(step(asked, 'ask', { callbackUrl }));
    assert.equal((await post(decision(asked, { approved: false }))).body['state'], 'rejected');
    assert.deepEqual([called.length, world.changes.length], [1, 0]);
    assert.equal((await post(step(asked, 'act'))).body['outcome'], 'rejected');
    assert.equal(world.changes.length, 0);
  });

  it('an answer to another list is no answer: nothing changes', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    const { body } = await post(decision(asked, { planHash: 'f'.repeat(64) }));
    assert.deepEqual(body, { outcome: 'changed-since', state: 'waiting' });
    assert.deepEqual([await question(), world.changes.length], [asked, 0]);
  });

  it('an answer about a project out of scope, and one about nothing, are dropped', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    await ledger.askApproval({ ...asked, id: 'theirs', project: 'others-prod' });
    assert.equal((await post(decision({ ...asked, id: 'theirs' }))).body['outcome'], 'out-of-scope');
    const ask = { ...step({ ...asked, id: 'theirs' }, 'ask', { callbackUrl }), project: 'others-prod' };
    assert.equal((await post(ask)).body['outcome'], 'out-of-scope');
    assert.equal((await post(decision({ ...asked, id: 'nothing' }))).body['outcome'], 'unknown');
    assert.equal(await stateOf({ ...asked, id: 'theirs' }), 'waiting');
  });

  it('a step for another project than the question’s is dropped', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    await post(decision(asked, { approved: false }));
    const { body } = await post({ ...step(asked, 'act'), project: 'acme-other' });
    assert.deepEqual(body, { outcome: 'unknown' });
  });

  it('expire ends a question whose time is over, and says that an earlier one still waits', async () => {
    const post = await setUp();
    await post(sweep);
    const asked = await question();
    assert.equal((await post(step(asked, 'expire'))).body['state'], 'waiting');
    world.time = asked.expiresAt;
    assert.equal((await post(step(asked, 'expire'))).body['state'], 'expired');
    assert.equal(await noticeState(asked), 'expired');
    assert.equal((await post(decision(asked))).body['outcome'], 'expired');
    assert.equal(world.changes.length, 0);
  });

  it('what waits only for time gets one more look when the time has come', async () => {
    const timing = { propagationSeconds: 600, removalSettleSeconds: 300 };
    const post = await setUp({ over: { timing } });
    await post(sweep);
    assert.equal(enqueued.length, 0, 'nothing is approved yet');
    await post(decision(await question()));
    const [later] = enqueued;
    assert.deepEqual([later?.to, later?.body], ['reconcile', { project: project.name, reason: 'sweep' }]);
    world.time = (later?.plan.scheduleTime ?? 0) - 1000;
    await post(sweep);
    assert.deepEqual(members(), [agent]);
  });

  it('hands what is approved to the function that has the capability, once, and no further from there', async () => {
    const post = await setUp({ capabilities: ['grant-invoker'] });
    await post(sweep);
    assert.equal(enqueued.length, 0, 'nothing is approved yet');
    await post(decision(await question()));
    assert.deepEqual(
      enqueued.map(({ to, body }) => [to, body]),
      [['revoke-invoker', { project: project.name, reason: 'sweep', handedOver: true }]],
    );
    await post({ ...sweep, handedOver: true });
    assert.deepEqual([enqueued.length, world.changes.length], [1, 0]);
  });

  it('says loudly that nobody has a capability that is switched on', async () => {
    const post = await setUp({ capabilities: ['grant-invoker'], deps: { queueOf: () => undefined } });
    await post(sweep);
    await post(decision(await question()));
    assert.ok(world.lines.some(({ level, fields }) => level === 'error' && fields['capability'] === 'revoke-invoker'));
  });

  it('comes back when the project could not be handed over', async () => {
    const queue: TaskQueue = {
      enqueue: async () => {
        throw new AppError('queue-failed', 'no queue');
      },
    };
    const post = await setUp({ capabilities: ['grant-invoker'], deps: { queueOf: () => queue } });
    await post(sweep);
    assert.deepEqual(await post(decision(await question())), { status: 503, body: { code: 'queue-failed' } });
  });

  it('notify sends what is due; Slack’s failure fails no run', async () => {
    const post = await setUp({
      deps: {
        sendDueNotices: async () => {
          throw new Error('Slack is away');
        },
      },
    });
    assert.deepEqual(await post({ reason: 'notify' }), { status: 200, body: { outcome: 'sent' } });
    assert.equal((await post(sweep)).status, 200);
  });
});
