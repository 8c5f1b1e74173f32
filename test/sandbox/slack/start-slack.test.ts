import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { ErrorCode, LogLevel, WebClient } from '@slack/web-api';
import { startLoopbackServer } from '../../../sandbox/loopback-server.ts';
import { type SlackOptions, type SlackStandIn, startSlack } from '../../../sandbox/slack/start-slack.ts';

const channel = 'C0SECURITY';
const metadata = { event_type: 'e', event_payload: { id: 'n' } };
const button = { type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' }, value: 'v' } as const;
const silence = () => undefined;
/** The client would print every refusal that is wanted here. */
const logger = {
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
  setLevel: silence,
  setName: silence,
  getLevel: () => LogLevel.ERROR,
};
const withButton = { channel, text: 't', blocks: [{ type: 'actions' as const, block_id: 'b', elements: [button] }] };

describe('the stand-in for Slack, with Slack’s own client', () => {
  let slack: SlackStandIn;
  let time = 1_800_000_000_000;
  const open = async (options: SlackOptions = {}) => {
    slack = await startSlack({ now: () => time, ...options });
    return new WebClient(slack.token, {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger,
    });
  };
  afterEach(() => slack.stop());

  const errorOf = async (call: Promise<unknown>): Promise<string> => {
    const { code, data } = await call.then(
      () => ({}),
      (error: unknown) => Object(error),
    );
    return code === ErrorCode.PlatformError ? data.error : String(code);
  };

  it('knows its bot, takes messages, changes them, and gives the history back, newest first', async () => {
    const web = await open();
    assert.equal((await web.auth.test()).user_id, 'U0BOT');
    const { ts = '' } = await web.chat.postMessage({ channel, text: 'one', metadata });
    await web.chat.postMessage({ channel, text: 'two' });
    await web.chat.postMessage({ channel, text: 'reply', thread_ts: ts });
    await web.chat.update({ channel, ts, text: 'one, changed' });
    const { messages = [] } = await web.conversations.history({ channel, include_all_metadata: true });
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['two', 'one, changed'],
    );
    assert.deepEqual(messages[1]?.metadata, metadata);
    const plain = await web.conversations.history({ channel });
    assert.equal(plain.messages?.[1]?.metadata, undefined, 'metadata only where it is asked for');
    const replies = await web.conversations.replies({ channel, ts });
    assert.deepEqual(
      replies.messages?.map(({ text }) => text),
      ['one, changed', 'reply'],
    );
  });

  it('gives the history in pages, and from a time on', async () => {
    const web = await open();
    for (let n = 0; n < 5; n += 1) slack.store.add(channel, { text: String(n), blocks: [] });
    const pages: string[][] = [];
    for await (const page of web.paginate('conversations.history', { channel, limit: 2 })) {
      pages.push(Object(page).messages.map(({ text }: { text: string }) => text));
    }
    assert.deepEqual(pages, [['4', '3'], ['2', '1'], ['0']]);
    const oldest = slack.store.messages(channel)[2]?.ts ?? '';
    const { messages = [] } = await web.conversations.history({ channel, oldest });
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['4', '3'],
      'the bound itself is not in it',
    );
  });

  const header = (text: string) => ({ type: 'header' as const, text: { type: 'plain_text' as const, text } });
  const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });
  for (const [error, blocks] of [
    ['ok', Array.from({ length: 50 }, () => section('x'))],
    ['invalid_blocks', Array.from({ length: 51 }, () => section('x'))],
    ['ok', [section('x'.repeat(3000))]],
    ['invalid_blocks', [section('x'.repeat(3001))]],
    ['invalid_blocks', [section('')]],
    ['invalid_blocks', [header('x'.repeat(151))]],
    ['invalid_blocks', [{ ...withButton.blocks[0], block_id: 'x'.repeat(256) }]],
    ['invalid_blocks', [{ type: 'actions', elements: [{ ...button, action_id: 'x'.repeat(256) }] }]],
    ['invalid_blocks', [{ type: 'actions', elements: [button, button] }]],
    ['invalid_blocks', [{ type: 'sektion', text: { type: 'mrkdwn', text: 'x' } }]],
  ] as const) {
    it(`is strict about blocks: ${error} for ${JSON.stringify(blocks).slice(0, 60)}`, async () => {
      const web = await open();
      const call = web.chat.postMessage({ channel, text: 't', blocks: blocks as never });
      assert.equal(error === 'ok' ? (await call).ok : await errorOf(call), error === 'ok' ? true : error);
    });
  }

  it('refuses in Slack’s words', async () => {
    const web = await open({
      channels: [
        { id: channel, name: 'security' },
        { id: 'C0OUT', name: 'out', isMember: false },
        { id: 'C0OLD', name: 'old', isArchived: true },
      ],
    });
    const as = (token: string | undefined) =>
      new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger });
    const text = 't';
    assert.equal(await errorOf(as(undefined).auth.test()), 'not_authed');
    assert.equal(await errorOf(as('xoxb-x').auth.test()), 'invalid_auth');
    assert.equal(await errorOf(web.chat.postMessage({ channel: 'C9', text })), 'channel_not_found');
    assert.equal(await errorOf(web.chat.postMessage({ channel: 'C0OUT', text })), 'not_in_channel');
    assert.equal(await errorOf(web.chat.postMessage({ channel: 'C0OLD', text })), 'is_archived');
    assert.equal(await errorOf(web.chat.postMessage({ channel, text: 'x'.repeat(40_001) })), 'msg_too_long');
    assert.equal(await errorOf(web.chat.postMessage({ channel, text: '' })), 'no_text');
    assert.equal(await errorOf(web.chat.postMessage({ channel, text, thread_ts: '1.1' })), 'thread_not_found');
    assert.equal(await errorOf(web.chat.update({ channel, ts: '1.1', text })), 'message_not_found');
    assert.equal(await errorOf(web.conversations.replies({ channel, ts: '1.1' })), 'thread_not_found');
    assert.equal(await errorOf(web.apiCall('chat.delete')), 'unknown_method');
  });

  it('refuses a call whose scope the app lacks', async () => {
    const web = await open({ scopes: ['chat:write'] });
    assert.equal(await errorOf(web.conversations.history({ channel })), 'missing_scope');
  });

  it('takes one message a second in a channel, after a short burst, and says how long to wait', async () => {
    const web = await open();
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push(await errorOf(web.chat.postMessage({ channel, text: 't' })));
    assert.deepEqual(answers, [
      'undefined',
      'undefined',
      'undefined',
      ErrorCode.RateLimitedError,
      ErrorCode.RateLimitedError,
    ]);
    time += 1000;
    assert.equal((await web.chat.postMessage({ channel, text: 't' })).ok, true);
  });

  it('breaks as it is told to: down, an answer lost after the message was taken, 500, slow', async () => {
    const web = await open();
    const post = () => errorOf(web.chat.postMessage({ channel, text: 't' }));
    slack.faults.add({ kind: 'down', forMs: 1000 });
    assert.equal(await post(), ErrorCode.RequestError);
    assert.equal(slack.store.messages(channel).length, 0);
    time += 1000;
    slack.faults.add({ kind: 'answer-lost', times: 1 });
    assert.equal(await post(), ErrorCode.RequestError);
    assert.equal(slack.store.messages(channel).length, 1);
    slack.faults.add({ kind: '500', times: 1 });
    assert.equal(await post(), ErrorCode.HTTPError);
    assert.equal(await post(), 'undefined');
  });

  it('makes Slack’s signed request of a press, or a forged, late or repeated one', async () => {
    const web = await open();
    const got: { body: string; headers: Record<string, unknown> }[] = [];
    const action = await startLoopbackServer((request, response) => {
      request
        .setEncoding('utf8')
        .toArray()
        .then((parts) => {
          got.push({ body: parts.join(''), headers: request.headers });
          response.end();
        });
    });
    slack.setActionUrl(action.url);
    const { ts = '' } = await web.chat.postMessage(withButton);
    const press = (over = {}) => slack.press({ channel, ts, actionId: 'go', user: 'U0ANN', ...over });
    const { sent, status } = await press();
    await press({ forged: true });
    await press({ ageSeconds: 360 });
    await slack.replay(sent);
    await assert.rejects(press({ actionId: 'other' }), /no button other/);
    await assert.rejects(press({ user: 'U0NOBODY' }), /nobody can press/);
    await action.stop();
    assert.equal(status, 200);
    const isSigned = got.map(({ body, headers }) => {
      const base = `v0:${headers['x-slack-request-timestamp']}:${body}`;
      return (
        headers['x-slack-signature'] === `v0=${createHmac('sha256', slack.signingSecret).update(base).digest('hex')}`
      );
    });
    assert.deepEqual(isSigned, [true, false, true, true]);
    assert.equal(
      Number(got[0]?.headers['x-slack-request-timestamp']) - Number(got[2]?.headers['x-slack-request-timestamp']),
      360,
    );
    assert.equal(got[3]?.body, got[0]?.body);
    const payload = JSON.parse(new URLSearchParams(got[0]?.body).get('payload') ?? '');
    assert.deepEqual(
      [payload.type, payload.user.id, payload.channel.id, payload.message.ts, payload.actions[0].value],
      ['block_actions', 'U0ANN', channel, ts, 'v'],
    );
    // The address for a reply works five times.
    const answers = [];
    for (let n = 0; n < 6; n += 1) {
      answers.push(
        (await fetch(payload.response_url, { method: 'POST', body: JSON.stringify({ text: 'no' }) })).status,
      );
    }
    assert.deepEqual(answers, [200, 200, 200, 200, 200, 404]);
    assert.equal(slack.whispers.length, 5);
  });

  it('presses nothing for a page of somebody else’s', async () => {
    await open();
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
    const press = { method: 'POST', headers, body: '{}' };
    assert.equal((await fetch(`${slack.url}/_stand-in/press`, press)).status, 403);
  });
});
