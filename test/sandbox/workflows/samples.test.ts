import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAccessToken } from '../../../sandbox/access-token.ts';
import { compileWorkflow } from '../../../sandbox/workflows/source/compile-workflow.ts';
import { startWorkflowLab, type WorkflowLab, workflowAccount } from './running-workflows.ts';

const here = import.meta.dirname;
const workflowsDir = join(here, '../../../workflows');

describe('Workflows like ours', () => {
  let lab: WorkflowLab;
  beforeEach(async () => {
    lab = await startWorkflowLab();
  });
  afterEach(() => lab.stop());
  const sample = (name: string) => readFileSync(join(here, name), 'utf8');
  const bodies = () => lab.seen.map(({ body }) => JSON.parse(body));

  for (const file of readdirSync(workflowsDir).filter((name) => name.endsWith('.yaml')))
    it(`workflows/${file} can be deployed`, async () => {
      await compileWorkflow(readFileSync(join(workflowsDir, file), 'utf8'));
    });

  it('a sweep looks at every shard, as its account, and hands failing ones on by name', async () => {
    const projects = Array.from({ length: 40 }, (_, n) => `project-${n}`);
    const attempts = new Map<string, number>();
    let busy = 0;
    let mostBusy = 0;
    lab.answer = ({ url, body }) => {
      const sent = JSON.parse(body);
      if (url === '/plan') return { body: JSON.stringify({ sweepId: 's1', shards: projects.map((id) => [id]) }) };
      if (url === '/digest')
        return { body: JSON.stringify({ told: Object.keys(sent.results).length, failed: sent.failed }) };
      mostBusy = Math.max(mostBusy, ++busy);
      setTimeout(() => busy--, 5);
      attempts.set(sent.project, (attempts.get(sent.project) ?? 0) + 1);
      if (sent.project === 'project-7') return { status: 403, body: '{"code":"permission-denied"}' };
      if (sent.project === 'project-9' && attempts.get('project-9') === 1) return { status: 503 };
      return { body: '{"outcome":"clean"}', after: 5 };
    };
    const told = await lab.run(sample('sample-sweep.yaml'), { argument: { scope: 'all' } });
    assert.deepEqual(told, { told: 39, failed: { 'project-7': 'permission-denied' } });
    assert.deepEqual([attempts.size, attempts.get('project-7'), attempts.get('project-9')], [40, 1, 2]);
    assert.ok(mostBusy <= 10, String(mostBusy));
    for (const { headers } of lab.seen) {
      const token = headers.authorization?.replace('Bearer ', '') ?? '';
      assert.deepEqual(await lab.idTokens.verify(token, [lab.worker.url]), { ok: true, email: workflowAccount });
    }
  });

  it('an approval acts when its callback is called', async () => {
    const asked = new Promise<string>((resolve) => {
      lab.answer = ({ body }) => {
        const { step, callbackUrl } = JSON.parse(body);
        if (step === 'ask') resolve(callbackUrl);
        return { body: JSON.stringify({ done: step }) };
      };
    });
    const execution = await lab.start(sample('sample-approval.yaml'), { argument: { approvalId: 'a1' } });
    const pressed = await fetch(await asked, {
      method: 'POST',
      headers: { authorization: `Bearer ${buildAccessToken('admin@example.com')}`, 'content-type': 'application/json' },
      body: '{"approved":true}',
    });
    assert.equal(pressed.status, 200);
    await lab.runner.idle();
    assert.equal(execution.result, '{"done":"act"}');
    assert.deepEqual(
      bodies().map(({ step }) => step),
      ['ask', 'act'],
    );
  });

  it('an approval expires after a day', async () => {
    lab.answer = ({ body }) => ({ body: JSON.stringify({ done: JSON.parse(body).step }) });
    const { default: sinon } = await import('sinon');
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const execution = await lab.start(sample('sample-approval.yaml'), { argument: { approvalId: 'a1' } });
      while (execution.state === 'ACTIVE') {
        await new Promise((resolve) => setImmediate(resolve));
        clock.tick(1000);
      }
      assert.equal(execution.result, '{"done":"expire"}');
      assert.ok(lab.slept.includes(86_400));
    } finally {
      clock.restore();
    }
  });
});
