import assert from 'node:assert/strict';
import { startWorkflowLab, type WorkflowLab } from './running-workflows.ts';

describe('Executions', () => {
  let lab: WorkflowLab;
  beforeEach(async () => {
    lab = await startWorkflowLab();
  });
  afterEach(() => lab.stop());

  const sleepLong = '- a: { call: sys.sleep, args: { seconds: 86400 } }\n- b: { return: late }';

  it('run many at once, each with variables of its own', async () => {
    const source = `
main:
  params: [n]
  steps:
    - keep: { assign: [{ mine: <<n * 2>> }] }
    - wait: { call: sys.sleep, args: { seconds: 20 } }
    - out: { return: <<mine + n>> }
`;
    const started = await Promise.all(Array.from({ length: 50 }, (_, n) => lab.start(source, { argument: n })));
    assert.equal(lab.runner.pending(), 50);
    await lab.runner.idle();
    assert.deepEqual(
      started.map(({ result }) => result),
      started.map((_, n) => String(n * 3)),
    );
  });

  it('end at once when cancelled, in a sleep, an HTTP call or a wait for a callback, and no except hears of it', async () => {
    lab.answer = () => ({ after: 5000 });
    const waits = [
      'call: sys.sleep\n      args: { seconds: 31536000 }',
      'call: http.get\n      args: { url: <<sys.get_env("WORKER_URL")>> }',
      'call: events.await_callback\n      args: { callback: <<c>>, timeout: 86400 }',
    ];
    for (const wait of waits) {
      const execution = await lab.start(`
- c: { call: events.create_callback_endpoint, args: { http_callback_method: POST }, result: c }
- w:
    try:
      ${wait}
    except: { steps: [{ caught: { return: caught } }] }
`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(execution.state, 'ACTIVE');
      execution.cancel.abort();
      await lab.runner.idle();
      assert.deepEqual([execution.state, execution.result], ['CANCELLED', undefined], wait);
    }
  });

  it('are cancelled by stop, which leaves no timer behind', async () => {
    const execution = await lab.start(sleepLong);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await lab.runner.stop();
    assert.equal(execution.state, 'CANCELLED');
    assert.ok(timers() < before, `${timers()} of ${before}`);
    assert.equal(lab.runner.pending(), 0);
  });

  it('of a workflow deployed anew go on with the revision they began with', async () => {
    const workflows = lab.sandbox.cloud.workflows.workflows;
    const first = await lab.start('- w: { call: sys.sleep, args: { seconds: 50 } }\n- o: { return: old }');
    const name = first.workflow.name;
    const { deployWorkflow } = await import('../../../sandbox/workflows/deploy-workflow.ts');
    await deployWorkflow(lab.sandbox.cloud, { name, source: '- o: { return: new }' });
    await lab.runner.idle();
    assert.equal(first.result, '"old"');
    assert.match(workflows.get(name)?.revisionId ?? '', /^000002-[0-9a-f]{3}$/);
  });
});
