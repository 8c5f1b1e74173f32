import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, startWorkflowLab, type WorkflowLab } from '../sandbox/workflows/running-workflows.ts';

const source = readFileSync(join(import.meta.dirname, '../../workflows/sweep.yaml'), 'utf8');
const fine: Answer = { body: '{"outcome":"clean","findings":0,"changes":0,"unreadable":0}' };

/** What comes back may be a gateway's page, or half of what it should be: the other projects are looked at, and told of. */
const odd: Readonly<Record<string, Answer>> = {
  'a page': { type: 'text/html', body: '<h1>Sorry</h1>' },
  nothing: { body: '' },
  'a list': { body: '[]' },
  'a number': { body: '7' },
  null: { body: 'null' },
  'no sums': { body: '{"outcome":"clean","unreadable":0}' },
  'words as sums': { body: '{"outcome":"clean","findings":"many","changes":"few","unreadable":0}' },
  'a code that is none': { body: '{"code":{"a":[1]}}' },
  'an error page': { status: 400, type: 'text/html', body: '<h1>Sorry</h1>' },
  'an error without words': { status: 400, body: '' },
  'an error with a list': { status: 403, body: '["x"]' },
  'an error whose code is none': { status: 403, body: '{"code":{"a":1}}' },
};

describe('workflows/sweep.yaml', () => {
  let lab: WorkflowLab;
  beforeEach(async () => {
    lab = await startWorkflowLab();
  });
  afterEach(() => lab.stop());

  for (const [title, answer] of Object.entries(odd)) {
    it(`a project that is answered with ${title} is named, and the others are counted`, async () => {
      let told:
        | { totals: Record<string, { looked: number; unreadable: { project: string; code: string }[] }> }
        | undefined;
      lab.answer = ({ url, body }) => {
        const sent = JSON.parse(body);
        if (url === '/reconcile') return sent.project === 'odd' ? answer : fine;
        if (sent.step === 'plan') {
          const shards = [['one', 'odd', 'two'], ['three']];
          return { body: JSON.stringify({ sweepId: 's1', startedAt: 1, projects: 4, shards }) };
        }
        told = sent;
        return { body: '{"ok":true}' };
      };
      const env = { SWEEP_URL: `${lab.worker.url}/sweep`, RECONCILE_URL: `${lab.worker.url}/reconcile` };
      assert.deepEqual(await lab.run(source, { env }), { ok: true });
      const totals = Object.values(told?.totals ?? {});
      assert.equal(
        totals.reduce((sum, { looked }) => sum + looked, 0),
        3,
      );
      const [failure, ...others] = totals.flatMap(({ unreadable }) => unreadable);
      assert.deepEqual([failure?.project, typeof failure?.code, others], ['odd', 'string', []]);
    });
  }

  it('hands on the code that a project failed with', async () => {
    let told = '';
    lab.answer = ({ url, body }) => {
      if (url === '/reconcile') return { status: 400, body: '{"code":"read-failed"}' };
      if (JSON.parse(body).step === 'plan') {
        return { body: JSON.stringify({ sweepId: 's1', startedAt: 1, projects: 1, shards: [['one']] }) };
      }
      told = body;
      return { body: '{"ok":true}' };
    };
    await lab.run(source, {
      env: { SWEEP_URL: `${lab.worker.url}/sweep`, RECONCILE_URL: `${lab.worker.url}/reconcile` },
    });
    assert.deepEqual(JSON.parse(told).totals['0'].unreadable, [{ project: 'one', code: 'read-failed' }]);
  });

  for (const step of ['plan', 'digest']) {
    it(`asks for the ${step} again where the function is not there at first`, async () => {
      const steps: string[] = [];
      lab.answer = ({ url, body }) => {
        if (url === '/reconcile') return fine;
        const sent = JSON.parse(body);
        steps.push(sent.step);
        if (sent.step === step && steps.filter((one) => one === step).length === 1) return { status: 503, body: '' };
        if (sent.step === 'plan') {
          return { body: JSON.stringify({ sweepId: 's1', startedAt: 1, projects: 1, shards: [['one']] }) };
        }
        return { body: '{"ok":true}' };
      };
      const env = { SWEEP_URL: `${lab.worker.url}/sweep`, RECONCILE_URL: `${lab.worker.url}/reconcile` };
      assert.deepEqual(await lab.run(source, { env }), { ok: true });
      assert.deepEqual(steps.toSorted(), ['digest', 'plan', step].toSorted());
    });
  }
});
