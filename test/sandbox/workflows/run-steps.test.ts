import assert from 'node:assert/strict';
import { startWorkflowLab, type WorkflowLab } from './running-workflows.ts';

describe('Steps of a workflow', () => {
  let lab: WorkflowLab;
  before(async () => {
    lab = await startWorkflowLab();
  });
  after(() => lab.stop());
  beforeEach(() => {
    lab.seen.length = 0;
    lab.slept.length = 0;
    lab.answer = () => ({});
  });

  it('assign in order, into maps and lists, and copy by value', async () => {
    const result = await lab.run(
      `
      - init:
          assign:
            - m: { a: 1, deep: { list: [1, 2] } }
            - copy: <<m>>
            - m.b: <<m.a + 1>>
            - i: 0
            - m.deep.list[i + 1]: "two"
            - m["odd key"]: x
            - key: made
            - m[key + "!"]: { <<key>>: <<i>> }
      - out:
          return: [<<m>>, <<copy>>]
      `,
    );
    assert.deepEqual(result, [
      { a: 1, deep: { list: [1, 'two'] }, b: 2, 'odd key': 'x', 'made!': { made: 0 } },
      { a: 1, deep: { list: [1, 2] } },
    ]);
  });

  it('refuse a part of what is not there', async () => {
    const { payload } = await lab.runToError('- a: { assign: [{ l: [] }, { "l[0]": 1 }] }');
    assert.deepEqual(payload, { message: 'IndexError: index out of range: 0 of 0', tags: ['IndexError'] });
  });

  it('switch takes the first that holds; next on the step is the else', async () => {
    const source = `
main:
  params: [n]
  steps:
    - pick:
        switch:
          - condition: <<n < 0>>
            return: negative
          - condition: <<n == 0>>
            next: zero
          - condition: <<n == 1>>
            steps:
              - set: { assign: [{ found: one }] }
          - condition: <<n == 2>>
            assign: [{ found: two }]
            next: done
        next: many
    - zero: { return: zero }
    - many: { assign: [{ found: <<if(n == 1, "one again", "many")>> }] }
    - done: { return: <<found>> }
`;
    const answers = [];
    for (const argument of [-1, 0, 1, 2, 3]) answers.push(await lab.run(source, { argument }));
    assert.deepEqual(answers, ['negative', 'zero', 'one again', 'two', 'many']);
  });

  it('for goes over lists and ranges with an index; break and continue; its variables die with it', async () => {
    const result = await lab.run(`
      - init: { assign: [{ seen: [] }, { sum: 0 }] }
      - list:
          for:
            value: v
            index: i
            in: [a, b, c, d, e]
            steps:
              - skip:
                  switch:
                    - condition: <<v == "b">>
                      next: continue
                    - condition: <<i == 3>>
                      next: break
              - keep: { assign: [{ seen: <<list.concat(seen, v + string(i))>> }, { inner: 1 }] }
      - range:
          for:
            value: n
            range: <<[1, 2 + 2]>>
            steps:
              - add: { assign: [{ sum: <<sum + n>> }] }
      - gone:
          try: { assign: [{ x: <<inner>> }] }
          except: { as: e, steps: [{ tell: { assign: [{ sum: <<string(sum) + " " + e.tags[0]>> }] } }] }
      - out: { return: [<<seen>>, <<sum>>] }
    `);
    assert.deepEqual(result, [['a0', 'c2'], '10 KeyError']);
  });

  it('jumps go back and forth, out of nested steps and of except', async () => {
    const result = await lab.run(`
      - init: { assign: [{ n: 0 }] }
      - again:
          steps:
            - count: { assign: [{ n: <<n + 1>> }] }
            - enough:
                try: { raise: <<n>> }
                except:
                  as: e
                  steps:
                    - look:
                        switch:
                          - condition: <<e > 3>>
                            next: out
      - back: { assign: [{ x: 1 }], next: again }
      - out: { return: <<n>> }
    `);
    assert.equal(result, 4);
  });

  it('next: end gives null, and a workflow without return too', async () => {
    assert.equal(await lab.run('- a: { assign: [{ x: 1 }], next: end }\n- b: { raise: no }'), null);
    assert.equal(await lab.run('- a: { assign: [{ x: 1 }] }'), null);
  });

  it('subworkflows take arguments by name and by place, with defaults, and have variables of their own', async () => {
    const result = await lab.run(
      `
main:
  params: [args]
  steps:
    - init: { assign: [{ x: mine }] }
    - named: { call: sub, args: { b: 5, a: <<args.a>> }, result: r1 }
    - placed: { assign: [{ r2: <<sub(1)>> }] }
    - out: { return: [<<r1>>, <<r2>>, <<x>>] }
sub:
  params: [a, b: 10]
  steps:
    - set: { assign: [{ x: <<a + b>> }] }
    - out: { return: <<x>> }
`,
      { argument: { a: 2 } },
    );
    assert.deepEqual(result, [7, 11, 'mine']);
  });

  it('raise gives the very value to except, a map or a text', async () => {
    const result = await lab.run(`
      - a:
          try: { raise: { code: 55, message: odd, more: [1] } }
          except: { as: e, steps: [{ keep: { assign: [{ first: <<e>> }] } }, { out: { return: [<<first>>, <<e.code>>] } }] }
    `);
    assert.deepEqual(result, [{ code: 55, message: 'odd', more: [1] }, 55]);
    const { payload, context } = await lab.runToError('main:\n  steps:\n    - boom:\n        raise: plain text');
    assert.equal(payload, 'plain text');
    assert.equal(context, 'RuntimeError: "plain text"\nin step "boom", routine "main", line: 3');
  });

  it('an error says where it came from, through every call', async () => {
    const execution = await lab.start(`
main:
  steps:
    - outer:
        call: sub
sub:
  steps:
    - inner:
        assign:
          - x: <<1 / 0>>
`);
    await lab.runner.idle();
    assert.deepEqual(execution.error?.stackTrace?.elements, [
      { routine: 'sub', step: 'inner', position: { line: '8' } },
      { routine: 'main', step: 'outer', position: { line: '4' } },
    ]);
    assert.deepEqual(execution.currentStep, { routine: 'sub', step: 'inner' });
  });

  it('sys.sleep waits by the clock, sys.log writes into the request log, sys.get_env knows the execution', async () => {
    const result = await lab.run(
      `
      - sleep: { call: sys.sleep, args: { seconds: 90 } }
      - log: { call: sys.log, args: { severity: WARNING, json: { n: 1 } } }
      - out:
          return:
            - <<sys.get_env("GOOGLE_CLOUD_PROJECT_NUMBER")>>
            - <<sys.get_env("GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME")>>
            - <<sys.get_env("COLOUR")>>
            - <<len(sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID"))>>
            - <<len(uuid.generate())>>
    `,
      { env: { COLOUR: 'red' } },
    );
    assert.deepEqual(lab.slept, [90]);
    assert.deepEqual(result, ['111', 'flows@p1.iam.gserviceaccount.com', 'red', 36, 36]);
    const row = lab.sandbox.requestLog.rows.findLast(({ severity }) => severity !== undefined);
    assert.deepEqual([row?.kind, row?.['severity'], row?.['message']], ['workflow', 'WARNING', '{"n":1}']);
  });

  it('a bytes result fails, since JSON cannot say it', async () => {
    const { payload } = await lab.runToError('- a: { return: <<text.encode("x")>> }');
    assert.match(JSON.stringify(payload), /TypeError: bytes cannot be the result/);
  });
});
