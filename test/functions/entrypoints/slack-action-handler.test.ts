import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createLog } from '../../../functions/adapters/log.ts';
import type { TaskRequest } from '../../../functions/adapters/task-queue.ts';
import { parseSettings } from '../../../functions/config.ts';
import { createSlackActionHandler } from '../../../functions/entrypoints/slack-action-handler.ts';
import { findForgery } from '../../../functions/entrypoints/slack-signature.ts';
import { AppError } from '../../../functions/errors.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const now = 1_800_000_000_000;
const value = { approvalId: '0123456789abcdef-kz3x', planHash: 'ab'.repeat(32) };
const payload = {
  type: 'block_actions',
  user: { id: 'U0ANN', username: 'ann' },
  response_url: 'https://hooks.slack.com/actions/T/1/x',
  actions: [{ type: 'button', action_id: 'sallyport-approve', value: JSON.stringify(value) }],
};

function setUp({ failed = false, approvers = ['U0ANN'] } = {}) {
  const tasks: TaskRequest[] = [];
  const lines: string[] = [];
  const said: string[] = [];
  const handle = createSlackActionHandler({
    settings: parseSettings({ slack: { channel: 'C1', approvers } }),
    secret,
    queue: {
      async enqueue(task) {
        if (failed) throw new AppError('queue-failed', 'no queue');
        const outcome = tasks.some(({ plan }) => plan.id === task.plan.id) ? 'coalesced' : 'created';
        if (outcome === 'created') tasks.push(task);
        return { outcome, task: task.plan.id };
      },
    },
    clock: { now: () => now },
    log: createLog({ write: (line) => lines.push(line) }),
    reply: async (_url, text) => void said.push(text),
  });
  return { handle, tasks, lines, said };
}

const form = (fields: unknown) => new URLSearchParams({ payload: JSON.stringify(fields) }).toString();

function sign(body: string, at = now, key = secret) {
  const timestamp = String(Math.floor(at / 1000));
  return {
    method: 'POST',
    contentType: 'application/x-www-form-urlencoded',
    rawBody: Buffer.from(body),
    timestamp,
    signature: `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  };
}

describe('slack-action', () => {
  it('puts a press into the queue under one name for each question', async () => {
    const { handle, tasks, said } = setUp();
    assert.deepEqual(await handle(sign(form(payload))), { status: 200, body: '' });
    assert.deepEqual(await handle(sign(form(payload))), { status: 200, body: '' });
    assert.deepEqual(
      tasks.map(({ body }) => body),
      [{ reason: 'decision', ...value, approved: true, by: 'slack:U0ANN (ann)' }],
    );
    assert.equal(said.length, 1);
  });

  it('accepts Slack’s own example of a signature', async () => {
    // From Slack's page on verifying requests.
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const timestamp = '1531420618';
    const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
    const request = { rawBody: Buffer.from(body), timestamp, signature };
    assert.equal(findForgery(request, { secret, now: 1_531_420_618_000 }), undefined);
    assert.equal(findForgery(request, { secret: `${secret}x`, now: 1_531_420_618_000 }), 'forged');
  });

  const good = form(payload);
  for (const [title, request, status] of [
    ['without a signature', { ...sign(good), signature: undefined }, 401],
    ['without a time', { ...sign(good), timestamp: undefined }, 401],
    ['with a time that is none', { ...sign(good), timestamp: '1e9' }, 401],
    ['signed with another secret', sign(good, now, 'other'), 401],
    ['with a signature of another length', { ...sign(good), signature: 'v0=00' }, 401],
    ['with one byte changed', { ...sign(good), rawBody: Buffer.from(good.replace('U0ANN', 'U0ANM')) }, 401],
    ['whose time was changed', { ...sign(good), timestamp: String(now / 1000 + 1) }, 401],
    ['from 301 s ago', sign(good, now - 301_000), 401],
    ['from 301 s ahead', sign(good, now + 301_000), 401],
    ['by GET', { ...sign(good), method: 'GET' }, 405],
    ['that is JSON', { ...sign(JSON.stringify(payload)), contentType: 'application/json' }, 400],
    ['that is too long', sign('x'.repeat(100_001)), 400],
    ['without payload', sign('a=b'), 400],
    ['whose payload is no JSON', sign('payload=%7B'), 400],
    ['of another type', sign(form({ ...payload, type: 'view_submission' })), 400],
    ['of another app’s button', sign(form({ ...payload, actions: [{ ...payload.actions[0], action_id: 'x' }] })), 400],
    ['of two buttons at once', sign(form({ ...payload, actions: [payload.actions[0], payload.actions[0]] })), 400],
    [
      'with more in its value',
      sign(
        form({ ...payload, actions: [{ ...payload.actions[0], value: JSON.stringify({ ...value, project: 'x' }) }] }),
      ),
      400,
    ],
    [
      'with a hash that is none',
      sign(
        form({ ...payload, actions: [{ ...payload.actions[0], value: JSON.stringify({ ...value, planHash: '1' }) }] }),
      ),
      400,
    ],
    ['of nobody', sign(form({ ...payload, user: {} })), 400],
  ] as const) {
    it(`refuses a request ${title}: no task, no word, a code in the log`, async () => {
      const { handle, tasks, lines, said } = setUp();
      assert.deepEqual(await handle(request), { status, body: '' });
      assert.deepEqual([tasks, said], [[], []]);
      assert.ok(lines.length === 1 && lines[0]?.includes('"code":"slack-action-refused"'), String(lines));
      assert.ok(!lines[0]?.includes(secret));
    });
  }

  it('accepts a request from 299 s ago', async () => {
    assert.equal((await setUp().handle(sign(good, now - 299_000))).status, 200);
  });

  it('lets nobody approve where nobody is named', async () => {
    const { handle, tasks, said } = setUp({ approvers: [] });
    assert.equal((await handle(sign(good))).status, 200);
    assert.deepEqual(tasks, []);
    assert.match(said[0] ?? '', /not on the list/);
  });

  it('says that the answer was not taken when the queue fails', async () => {
    const { handle, said } = setUp({ failed: true });
    assert.equal((await handle(sign(good))).status, 503);
    assert.match(said[0] ?? '', /could not be taken/);
  });
});
