import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAccessToken } from '../../sandbox/access-token.ts';
import { startWorkflowLab, type WorkflowLab } from '../sandbox/workflows/running-workflows.ts';

const source = readFileSync(join(import.meta.dirname, '../../workflows/approval.yaml'), 'utf8');
const argument = { project: 'acme-prod', approvalId: 'a1', expiresInSeconds: 120 };

describe('workflows/approval.yaml', () => {
  let lab: WorkflowLab;
  beforeEach(async () => {
    lab = await startWorkflowLab();
  });
  afterEach(() => lab.stop());

  const start = () => lab.start(source, { argument, env: { RECONCILE_URL: `${lab.worker.url}/reconcile` } });
  const steps = () => lab.seen.map(({ body }) => JSON.parse(body).step);

  it('has people asked with the address that takes the answer, and acts when it is called', async () => {
    const asked = new Promise<string>((resolve) => {
      lab.answer = ({ body }) => {
        const { step, callbackUrl } = JSON.parse(body);
        if (step === 'ask') resolve(callbackUrl);
        return { body: JSON.stringify({ outcome: 'fixed', state: step === 'act' ? 'applied' : 'waiting' }) };
      };
    });
    const execution = await start();
    const headers = { authorization: `Bearer ${buildAccessToken('admin@example.com')}` };
    assert.equal((await fetch(await asked, { method: 'POST', headers })).status, 200);
    await lab.runner.idle();
    assert.equal(execution.result, '{"outcome":"fixed","state":"applied"}');
    assert.deepEqual(steps(), ['ask', 'act']);
    for (const { body } of lab.seen) {
      const { reason, project, approvalId } = JSON.parse(body);
      assert.deepEqual([reason, project, approvalId], ['approval', 'acme-prod', 'a1']);
    }
  });

  it('ends the question when its own time is over, not a day later', async () => {
    lab.answer = ({ body }) => ({
      body: JSON.stringify({ state: JSON.parse(body).step === 'expire' ? 'expired' : 'waiting' }),
    });
    const execution = await start();
    await lab.runner.idle();
    assert.equal(execution.state, 'SUCCEEDED', execution.error?.context);
    assert.deepEqual(steps(), ['ask', 'expire']);
    assert.ok(lab.slept.includes(120), lab.slept.join());
  });

  it('asks once a minute from then on, where the ledger’s clock says that it is not over yet', async () => {
    let tries = 0;
    lab.answer = ({ body }) => {
      if (JSON.parse(body).step !== 'expire') return { body: '{"state":"waiting"}' };
      tries += 1;
      return { body: JSON.stringify({ state: tries < 3 ? 'waiting' : 'expired' }) };
    };
    await start();
    await lab.runner.idle();
    assert.deepEqual(steps(), ['ask', 'expire', 'expire', 'expire']);
    assert.deepEqual(
      lab.slept.filter((seconds) => seconds >= 60),
      [120, 60, 60],
    );
  });

  it('asks again where reconcile is not there at first', async () => {
    let tries = 0;
    lab.answer = ({ body }) => {
      tries += 1;
      if (tries === 1) return { status: 503, body: '' };
      return { body: JSON.stringify({ state: JSON.parse(body).step === 'expire' ? 'expired' : 'waiting' }) };
    };
    const execution = await start();
    await lab.runner.idle();
    assert.equal(execution.state, 'SUCCEEDED', execution.error?.context);
    assert.deepEqual(steps(), ['ask', 'ask', 'expire']);
  });
});
