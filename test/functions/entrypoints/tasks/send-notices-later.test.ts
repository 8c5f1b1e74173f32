import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { TaskBody } from '../../../../functions/adapters/task-queue.ts';
import { sendNoticesLater } from '../../../../functions/entrypoints/tasks/after-run.ts';
import type { TaskDeps } from '../../../../functions/entrypoints/tasks/task-context.ts';
import { inventory } from '../../../support/estate.ts';
import { buildMemoryWorld } from '../../../support/memory-world.ts';

describe('messages of one project of a sweep', () => {
  it('are left to one task for all projects, and none where nothing is due', async () => {
    const { deps, enqueued, sent } = await open();
    await sendNoticesLater(deps);
    assert.deepEqual(enqueued, []);
    const content = { kind: 'digest', title: 't', lines: [] } as const;
    await deps.world.ledger.putNotice({ id: 'digest:1', project: 'p', channel: 'C1', content }, deps.world.clock.now());
    await sendNoticesLater(deps);
    assert.deepEqual(enqueued, [{ reason: 'notify' }]);
    assert.equal(sent(), 0);
    await deps.world.ledger.close();
  });

  it('are sent at once where there is no queue', async () => {
    const { deps, sent } = await open();
    const { queue: _none, ...alone } = deps;
    await sendNoticesLater(alone);
    assert.equal(sent(), 1);
    await deps.world.ledger.close();
  });
});

async function open() {
  const world = buildMemoryWorld(inventory({}), { ledger: await openSqliteLedger(':memory:') });
  const enqueued: TaskBody[] = [];
  let sends = 0;
  const deps: TaskDeps = {
    world,
    ownProject: { id: 'ops', number: '1' },
    projectId: async (name) => name,
    queue: {
      async enqueue({ plan, body }) {
        enqueued.push(body);
        return { outcome: 'created', task: plan.id };
      },
    },
    sendDueNotices: async () => {
      sends += 1;
    },
  };
  return { deps, enqueued, sent: () => sends };
}
