import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startWorkflowLab, type WorkflowLab } from './running-workflows.ts';

describe('parallel', () => {
  let lab: WorkflowLab;
  let busy: number;
  let mostBusy: number;
  before(async () => {
    lab = await startWorkflowLab();
  });
  after(() => lab.stop());
  beforeEach(() => {
    lab.seen.length = 0;
    busy = 0;
    mostBusy = 0;
    lab.answer = () => {
      mostBusy = Math.max(mostBusy, ++busy);
      setTimeout(() => busy--, 15);
      return { after: 20 };
    };
  });

  const loop = (limit: string, count: number) => `
    - init: { assign: [{ got: {} }] }
    - work:
        parallel:
          shared: [got]
          ${limit}
          for:
            value: n
            index: i
            range: [1, ${count}]
            steps:
              - call: { call: http.get, args: { url: <<sys.get_env("WORKER_URL")>>, query: { n: <<n>> } }, result: reply }
              - keep: { assign: [{ "got[string(i)]": <<n * 10>> }] }
    - out: { return: <<got>> }
  `;

  it('runs at most 20 at once', async () => {
    assert.equal(Object.keys(Object(await lab.run(loop('', 50)))).length, 50);
    assert.ok(mostBusy > 10 && mostBusy <= 20, String(mostBusy));
  });

  it('keeps the limit of its own, a number or an expression', async () => {
    await lab.run(loop('concurrency_limit: 3', 12));
    assert.equal(mostBusy, 3);
    mostBusy = 0;
    await lab.run(loop('concurrency_limit: <<1 + 1>>', 6));
    assert.equal(mostBusy, 2);
  });

  it('gives every iteration its place, whatever the number and the limit', async () => {
    lab.answer = () => ({});
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 25 }), async (count, limit) => {
        const got = await lab.run(loop(`concurrency_limit: ${limit}`, count));
        assert.deepEqual(got, Object.fromEntries(Array.from({ length: count }, (_, i) => [String(i), (i + 1) * 10])));
      }),
      { numRuns: 15 },
    );
  });

  it('loses what two branches read and write at once: x + 1 is not atomic', async () => {
    const result = await lab.run(`
      - init: { assign: [{ n: 0 }] }
      - work:
          parallel:
            shared: [n]
            for: { value: v, range: [1, 10], steps: [{ add: { assign: [{ n: <<n + 1>> }] } }] }
      - out: { return: <<n>> }
    `);
    assert.ok(typeof result === 'number' && result >= 1 && result < 10, String(result));
    const late = await lab.run(`
      - init: { assign: [{ n: 0 }] }
      - work:
          parallel:
            shared: [n]
            branches:
              - soon: { steps: [{ add1: { assign: [{ n: <<n + 1>> }] } }] }
              - later: { steps: [{ wait: { assign: [{ own: 0 }, { own: <<own + 1>> }, { own: <<own + 1 - 1>> }] } }, { add2: { assign: [{ n: <<n + own>> }] } }] }
      - out: { return: <<n>> }
    `);
    assert.equal(late, 1);
  });

  it('branches read what is around them and keep their own variables to themselves', async () => {
    const result = await lab.run(`
      - init: { assign: [{ base: 5 }, { a: 0 }, { b: 0 }] }
      - work:
          parallel:
            shared: [a, b]
            branches:
              - one: { steps: [{ set1: { assign: [{ own: <<base + 1>> }, { a: <<own>> }] } }] }
              - two: { steps: [{ set2: { assign: [{ own: <<base + 2>> }, { b: <<own>> }] } }] }
      - look:
          try: { return: <<own>> }
          except: { steps: [{ out: { return: [<<a>>, <<b>>] } }] }
    `);
    assert.deepEqual(result, [6, 7]);
  });

  it('lets every branch end before an error of one comes out', async () => {
    lab.answer = ({ url }) => (url === '/?n=2' ? { status: 500 } : { after: 30 });
    const execution = await lab.start(loop('', 4));
    await lab.runner.idle();
    assert.equal(lab.seen.length, 4);
    assert.equal(execution.state, 'FAILED');
    const { message, tags, branches, truncated } = JSON.parse(execution.error?.payload ?? '{}');
    assert.match(message, /^UnhandledBranchError: /);
    assert.deepEqual([tags, truncated, branches.length, branches[0].id], [['UnhandledBranchError'], false, 1, '1']);
    assert.equal(JSON.parse(branches[0].error.payload).code, 500);
  });

  it('nests twice without branches waiting for each other for ever', async () => {
    const result = await lab.run(`
      - init: { assign: [{ got: {} }] }
      - outer:
          parallel:
            shared: [got]
            for:
              value: a
              range: [1, 25]
              steps:
                - inner:
                    parallel:
                      shared: [got]
                      for:
                        value: b
                        range: [1, 3]
                        steps:
                          - call: { call: http.get, args: { url: <<sys.get_env("WORKER_URL")>> } }
                          - keep: { assign: [{ 'got[string(a) + "-" + string(b)]': true }] }
      - out: { return: <<len(got)>> }
    `);
    assert.equal(result, 75);
    assert.ok(mostBusy <= 20, String(mostBusy));
  });

  it('nests no deeper, through a subworkflow either', async () => {
    const { payload } = await lab.runToError(`
main:
  steps:
    - one: { parallel: { for: { value: a, in: [1], steps: [{ two: { call: deeper } }] } } }
deeper:
  steps:
    - three: { parallel: { for: { value: b, in: [1], steps: [{ four: { call: deepest } }] } } }
deepest:
  steps:
    - five: { parallel: { for: { value: c, in: [1], steps: [{ six: { assign: [{ x: 1 }] } }] } } }
`);
    assert.match(JSON.stringify(payload), /ParallelNestingError/);
  });
});
