import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { TaskQueue, TaskRequest } from '../../../../functions/adapters/task-queue.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import type { Approval } from '../../../../functions/core/people.ts';
import { createReconcileHandler } from '../../../../functions/entrypoints/reconcile-handler.ts';
import { service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';
import { regionalEstate, subscriptionName, withToken } from '../../rules/push-rules-estate.ts';

const [europe, america] = [service('europe-west1'), service('us-central1')];
const shared = 'https://shop.acme.example';
const bothRegions = ['add-custom-audience', 'set-push-audience'];

describe('what follows a run', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  const enqueued: (TaskRequest & { to: string })[] = [];

  afterEach(() => ledger.close());

  /** A push with one region's audience; a yes to its cure; the tasks that follow. */
  async function setUp(capabilities: readonly string[] = bothRegions) {
    enqueued.length = 0;
    ledger = await openSqliteLedger(':memory:', () => world.time);
    const audience = 'https://shop-111222333444.europe-west1.run.app';
    world = buildMemoryWorld(regionalEstate(withToken(audience), { services: [europe, america] }), {
      ledger,
      settings: { scope: { include: ['acme-*'] }, capabilities: bothRegions },
      capabilities,
    });
    const queueTo = (to: string): TaskQueue => ({
      async enqueue(request) {
        enqueued.push({ ...request, to });
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
      queue: queueTo('self'),
      queueOf: queueTo,
    });
    const post = async (body: Readonly<Record<string, unknown>>) => {
      const { status, body: reply } = await handle({ body: { project: 'acme-prod', ...body }, retryCount: 0 });
      assert.equal(status, 200, JSON.stringify(reply));
    };
    await post({ reason: 'sweep' });
    const [asked] = await ledger.approvals({ state: 'waiting' });
    assert.ok(asked, 'nobody is asked');
    assert.deepEqual(enqueued, [], 'nothing is approved yet');
    return { post, asked };
  }
  const yesTo = ({ id, planHash }: Approval) => ({
    reason: 'decision',
    approvalId: id,
    planHash,
    approved: true,
    by: 'slack:U1 (ann)',
  });
  const audienceNow = () => world.pushes.get(subscriptionName)?.audience;
  const audiencesOf = ({ name }: { name: string }) => world.services.get(name)?.customAudiences;

  it('sets a push by itself, in a look of its own, once every region accepts the audience', async () => {
    const { post, asked } = await setUp();
    await post(yesTo(asked));
    assert.deepEqual([europe, america].map(audiencesOf), [[shared], [shared]]);
    assert.equal(audienceNow(), undefined, 'not in the pass that adds the audience');
    const [later] = enqueued;
    assert.deepEqual([later?.to, later?.body], ['self', { project: 'acme-prod', reason: 'sweep', again: 1 }]);
    // 30 s of bucket and 10 s to settle, and a moment.
    const wait = (later?.plan.scheduleTime ?? 0) - world.time;
    assert.ok(wait >= 40_000 && wait <= 71_000, `${wait} ms`);
    world.time += wait;
    await post({ ...later?.body });
    assert.equal(audienceNow(), shared);
    assert.equal(enqueued.length, 1, 'nothing is left to look at');
    assert.equal((await ledger.findApproval(asked.id))?.state, 'applied');
  });

  it('where functions have one capability each: the regions first, the push in a later look', async () => {
    const { post, asked } = await setUp([]);
    await post(yesTo(asked));
    assert.deepEqual(
      enqueued.map(({ to, body }) => [to, 'again' in body ? body.again : undefined]),
      [
        ['add-custom-audience', undefined],
        ['self', 1],
      ],
    );
  });

  it('looks five times, each after twice the time, and leaves the rest to the sweep', async () => {
    const { post, asked } = await setUp([]);
    await post(yesTo(asked));
    const waits: number[] = [];
    for (let look = enqueued.at(-1); look && 'again' in look.body; look = enqueued.at(-1)) {
      waits.push((look.plan.scheduleTime - world.time) / 1000);
      world.time = look.plan.scheduleTime;
      const { body } = look;
      enqueued.length = 0;
      await post({ ...body });
    }
    assert.equal(waits.length, 5);
    const isDoubled = (wait: number, index: number) => wait >= 40 * 2 ** index && wait <= 40 * 2 ** index + 31;
    assert.ok(waits.every(isDoubled), `${waits} s`);
    assert.equal(audienceNow(), undefined);
    assert.ok(world.lines.some(({ message }) => message === 'what waits for other changes is left to the next sweep'));
  });

  it('a function that was handed the project looks no more by itself', async () => {
    const { post, asked } = await setUp(['add-custom-audience']);
    await ledger.decideApproval(asked.id, asked.planHash, { approved: true, by: 'ann', at: world.time });
    await post({ reason: 'sweep', handedOver: true });
    assert.deepEqual([europe, america].map(audiencesOf), [[shared], [shared]]);
    assert.deepEqual(enqueued, []);
  });
});
