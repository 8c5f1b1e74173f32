import assert from 'node:assert/strict';
import { startWorkflowLab, type WorkflowLab } from './running-workflows.ts';

describe('Limits of a running workflow', () => {
  let lab: WorkflowLab;
  before(async () => {
    lab = await startWorkflowLab();
  });
  after(() => lab.stop());
  const failureOf = async (source: string) => JSON.stringify((await lab.runToError(source)).payload);

  const fill = (kilobytes: number) => `
main:
  steps:
    - init: { assign: [{ kb: ${'x'.repeat(1024)} }, { all: [] }] }
    - fill:
        for: { value: n, range: [1, ${kilobytes}], steps: [{ add: { assign: [{ all: <<list.concat(all, kb)>> }] } }] }
    - out: { return: <<len(all)>> }
`;
  it('memory: 500 KB of variables pass, 512 KB do not, and what a loop or call leaves is free again', async () => {
    assert.equal(await lab.run(fill(500)), 500);
    assert.match(
      await failureOf(fill(512)),
      /ResourceLimitError: memory usage of \d+ bytes exceeds the limit of 524288/,
    );
    const calls = `
main:
  steps:
    - many: { for: { value: n, range: [1, 8], steps: [{ one: { call: sub } }] } }
    - out: { return: done }
${fill(200).replace('main:', 'sub:')}`;
    assert.equal(await lab.run(calls), 'done');
  });

  it('memory can be caught, and the variable keeps its old value', async () => {
    const caught = await lab.run(`
main:
  steps:
    - init: { assign: [{ kb: ${'x'.repeat(1024)} }, { all: [] }] }
    - fill:
        try:
          for: { value: n, range: [1, 600], steps: [{ add: { assign: [{ all: <<list.concat(all, kb)>> }] } }] }
        except: { as: e, steps: [{ out: { return: [<<e.tags[0]>>, <<len(all) > 500>>] } }] }
`);
    assert.deepEqual(caught, ['ResourceLimitError', true]);
  });

  it('a string of more than 256 KB', async () => {
    const source = `
- init: { assign: [{ s: ${'x'.repeat(4096)} }] }
- grow: { for: { value: n, range: [1, 7], steps: [{ add: { assign: [{ s: <<s + s>> }] } }] } }
- out: { return: <<len(s)>> }
`;
    assert.match(await failureOf(source), /ResourceLimitError: a string of 524288 bytes/);
    assert.equal(await lab.run(source.replace('[1, 7]', '[1, 6]')), 262_144);
  });

  it('calls 20 deep pass, 21 do not', async () => {
    const source = (depth: number) => `
main:
  steps: [{ a: { call: sub, args: { n: ${depth - 1} }, result: r } }, { b: { return: <<r>> } }]
sub:
  params: [n]
  steps:
    - bottom: { switch: [{ condition: <<n <= 1>>, return: bottom }] }
    - down: { call: sub, args: { n: <<n - 1>> }, result: r }
    - up: { return: <<r>> }
`;
    assert.equal(await lab.run(source(20)), 'bottom');
    assert.match(await failureOf(source(21)), /RecursionError/);
  });

  it('100,000 steps', async () => {
    const source = '- again: { assign: [{ x: 1 }], next: again }';
    assert.match(await failureOf(source), /ResourceLimitError: the execution exceeds the limit of 100000 steps/);
  }).timeout(20_000);

  it('an HTTP timeout of more than 1800 s, and of 0', async () => {
    for (const timeout of [1801, 0])
      assert.match(
        await failureOf(`- a: { call: http.get, args: { url: "http://127.0.0.1:1", timeout: ${timeout} } }`),
        /ValueError: timeout of/,
      );
  });

  it('a response of more than 2 MB, and one that does not fit into the memory', async () => {
    const get =
      '- a: { call: http.get, args: { url: <<sys.get_env("WORKER_URL")>> }, result: r }\n- b: { return: <<len(r.body)>> }';
    lab.answer = () => ({ type: 'text/plain', body: 'x'.repeat(2 * 1024 * 1024 + 1) });
    assert.match(await failureOf(get), /ResourceLimitError: the response exceeds the limit of 2097152 bytes/);
    lab.answer = () => ({ type: 'application/json', body: JSON.stringify(Array(600).fill('x'.repeat(1024))) });
    assert.match(await failureOf(get), /ResourceLimitError: memory usage/);
  });
});
