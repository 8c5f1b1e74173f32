import assert from 'node:assert/strict';
import { type Answer, startWorkflowLab, type WorkflowLab } from './running-workflows.ts';

describe('try, retry and except', () => {
  let lab: WorkflowLab;
  let answers: Answer[];
  before(async () => {
    lab = await startWorkflowLab();
  });
  after(() => lab.stop());
  beforeEach(() => {
    lab.seen.length = 0;
    lab.slept.length = 0;
    answers = [];
    lab.answer = () => answers.shift() ?? { body: '{"ok":true}' };
  });
  const post = (retry: string) => `
main:
  steps:
    - call:
        try:
          call: http.post
          args: { url: <<sys.get_env("WORKER_URL")>>, body: { x: 1 } }
          result: reply
        retry: ${retry}
        except:
          as: e
          steps:
            - failed: { return: <<default(map.get(e, "code"), e.tags[0])>> }
    - done: { return: <<reply.body.ok>> }
isTeapot:
  params: [e]
  steps:
    - look: { return: <<"HttpError" in e.tags and e.code == 418>> }
`;
  const statuses = (...codes: number[]): Answer[] => codes.map((status) => ({ status }));

  it('http.default_retry repeats 429, 502, 503, 504 and lost connections, five times, waits 1 s and then a quarter more', async () => {
    answers = [...statuses(429, 502, 503, 504), { breaks: true }];
    assert.equal(await lab.run(post('<<http.default_retry>>')), true);
    assert.equal(lab.seen.length, 6);
    assert.deepEqual(lab.slept, [1, 1.25, 1.5625, 1.953125, 2.44140625]);
  });

  it('gives the last error after six attempts', async () => {
    answers = statuses(503, 503, 503, 503, 503, 502, 200);
    assert.equal(await lab.run(post('<<http.default_retry>>')), 502);
    assert.equal(lab.seen.length, 6);
  });

  it('http.default_retry leaves 500 alone; the non-idempotent one 502 and a lost connection too', async () => {
    answers = statuses(500);
    assert.equal(await lab.run(post('<<http.default_retry>>')), 500);
    answers = statuses(502);
    assert.equal(await lab.run(post('<<http.default_retry_non_idempotent>>')), 502);
    answers = [{ breaks: true }];
    assert.equal(await lab.run(post('<<http.default_retry_non_idempotent>>')), 'ConnectionError');
    assert.equal(lab.seen.length, 3);
    answers = statuses(429, 503);
    assert.equal(await lab.run(post('<<http.default_retry_non_idempotent>>')), true);
  });

  it('a predicate of its own decides; max_retries of 2 makes three attempts; the back-off stops at max_delay', async () => {
    const retry =
      '{ predicate: <<isTeapot>>, max_retries: 4, backoff: { initial_delay: 2, max_delay: 5, multiplier: 2 } }';
    answers = statuses(418, 418, 418, 418);
    assert.equal(await lab.run(post(retry)), true);
    assert.deepEqual(lab.slept, [2, 4, 5, 5]);
    answers = statuses(418, 503);
    assert.equal(await lab.run(post(retry)), 503);
    lab.seen.length = 0;
    answers = statuses(418, 418, 418, 418);
    assert.equal(await lab.run(post(retry.replace('max_retries: 4', 'max_retries: 2'))), 418);
    assert.equal(lab.seen.length, 3);
  });

  it('the whole block runs again, and keeps what it had assigned', async () => {
    answers = statuses(503, 503);
    const result = await lab.run(`
      - init: { assign: [{ n: 0 }] }
      - block:
          try:
            steps:
              - count: { assign: [{ n: <<n + 1>> }] }
              - call: { call: http.get, args: { url: <<sys.get_env("WORKER_URL")>> } }
          retry: { predicate: <<retry.always>>, max_retries: 5 }
      - out: { return: <<n>> }
    `);
    assert.equal(result, 3);
  });

  it('an error in except comes out, and what except makes is gone after it', async () => {
    const { payload } = await lab.runToError(`
      - a:
          try: { raise: first }
          except: { as: e, steps: [{ again: { raise: { message: <<"after " + e>> } } }] }
    `);
    assert.deepEqual(payload, { message: 'after first' });
    const { payload: gone } = await lab.runToError(`
      - a:
          try: { raise: first }
          except: { as: e, steps: [{ keep: { assign: [{ inside: 1 }] } }] }
      - b: { return: <<inside>> }
    `);
    assert.match(JSON.stringify(gone), /KeyError: variable not found: inside/);
  });
});
