import assert from 'node:assert/strict';
import { createSlackClient } from '../../../../functions/adapters/slack/slack-client.ts';
import { staleMs } from '../../../../functions/adapters/slack/stale-ms.ts';
import { approvalContent, channel, findingContent, openSlackLab, type SlackLab } from '../../../support/slack-lab.ts';

describe('notices to Slack, with Slack’s own client over HTTP', () => {
  let lab: SlackLab;
  beforeEach(async () => {
    lab = await openSlackLab();
  });
  afterEach(() => lab.stop());

  const texts = () => lab.posted().map(({ text }) => text);
  const ids = () => lab.posted().map(({ metadata }) => String(metadata?.event_payload['id']));
  const putMany = async (count: number) => {
    for (let n = 0; n < count; n += 1) await lab.put(findingContent({ message: `finding ${n}` }), `n-${n}`);
  };

  it('are posted once, with blocks, words and a mark, and are sent then', async () => {
    await lab.put(findingContent());
    assert.deepEqual(await lab.send(), { sent: 1 });
    assert.deepEqual(await lab.send(), { sent: 0 });
    const [message, ...others] = lab.posted();
    assert.deepEqual(others, []);
    assert.match(message?.text ?? '', /HIGH: iap-invoker-missing in acme-prod/);
    assert.deepEqual(message?.metadata, {
      event_type: 'sallyport_notice',
      event_payload: { id: 'n-1', revision: 1 },
    });
    assert.equal((await lab.ledger.findNotice('n-1'))?.ts, message?.ts);
  });

  it('are updated in place when resolved, and the thread says after how long and by whom, once', async () => {
    await lab.put(findingContent());
    await lab.send();
    const end = { state: 'resolved', resolvedAt: 1_800_000_180_000, resolvedBy: 'ann@acme.example' } as const;
    await lab.put(findingContent(end));
    await lab.send();
    const [message, reply, ...others] = lab.posted();
    assert.deepEqual(others, []);
    assert.match(message?.text ?? '', /^Resolved/);
    assert.equal(reply?.text, 'Resolved after 3 min, by ann@acme.example.');
    assert.equal(reply?.threadTs, message?.ts);
    await lab.put(findingContent({ ...end, notes: ['more is known'] }));
    await lab.send();
    assert.equal(lab.posted().length, 2);
    assert.ok(JSON.stringify(lab.posted()[0]?.blocks).includes('more is known'));
  });

  it('are told although another app has posted something under their mark', async () => {
    const metadata = { event_type: 'sallyport_notice', event_payload: { id: 'n-1', revision: 1 } };
    lab.slack.store.add(channel, { text: 'nothing to see', blocks: [], metadata, otherBot: 'B0EVIL' });
    lab.slack.faults.add({ kind: '500', method: 'chat.postMessage', times: 1 });
    await lab.put(findingContent());
    assert.equal((await lab.send()).sent, 0);
    lab.pass(60_000);
    assert.equal((await lab.send()).sent, 1);
    const [, ours, ...others] = lab.posted();
    assert.match(ours?.text ?? '', /HIGH: iap-invoker-missing/);
    assert.deepEqual(others, []);
    await lab.put(findingContent({ state: 'resolved', resolvedAt: 1_800_000_180_000 }));
    await lab.send();
    assert.match(lab.posted()[1]?.text ?? '', /^Resolved/);
  });

  it('lose their buttons as soon as the question is answered', async () => {
    await lab.put(approvalContent());
    await lab.send();
    assert.ok(JSON.stringify(lab.posted()[0]?.blocks).includes('sallyport-approve'));
    await lab.put(approvalContent({ state: 'approved', by: 'slack:U0ANN (ann)' }));
    await lab.send();
    assert.equal(lab.posted().length, 1);
    const blocks = JSON.stringify(lab.posted()[0]?.blocks);
    assert.ok(!blocks.includes('sallyport-approve') && blocks.includes('slack:U0ANN (ann)'));
  });

  it('go out at one a second in a channel, so that Slack never has to refuse', async () => {
    await putMany(12);
    assert.deepEqual(await lab.send(), { sent: 12 });
    assert.equal(lab.calls('chat.postMessage').length, 12);
    assert.deepEqual(
      lab.waits,
      Array.from({ length: 11 }, () => 1000),
    );
  });

  it('wait as long as a 429 says, and are sent again: none is lost, none is doubled', async () => {
    await putMany(3);
    lab.slack.faults.add({ kind: '429', method: 'chat.postMessage', times: 2, retryAfter: 7 });
    assert.deepEqual(await lab.send(), { sent: 3 });
    assert.ok(lab.waits.filter((ms) => ms === 7000).length === 2, String(lab.waits));
    assert.deepEqual(ids(), ['n-0', 'n-1', 'n-2']);
  });

  it('stay due when Slack asks for more patience than a run has', async () => {
    await putMany(2);
    lab.slack.faults.add({ kind: '429', times: 1, retryAfter: 600 });
    const { sent, again = 0 } = await lab.send();
    assert.deepEqual([sent, again - lab.clock.now()], [0, 600_000]);
    assert.deepEqual(lab.posted(), []);
    lab.pass(599_000);
    assert.deepEqual(await lab.send(), { sent: 0, again });
    lab.pass(1000);
    assert.deepEqual(await lab.send(), { sent: 2 });
  });

  for (const kind of ['down', '500', 'html'] as const) {
    it(`come later when Slack answers nothing of use (${kind}), with a growing wait, and are there once`, async () => {
      await putMany(2);
      lab.slack.faults.add({ kind, forMs: 60_000 });
      const tries: number[] = [];
      for (let sent = 0; sent < 2; ) {
        const result = await lab.send();
        sent += result.sent;
        if (result.again === undefined) break;
        tries.push(result.again - lab.clock.now());
        lab.pass(result.again - lab.clock.now());
      }
      assert.deepEqual(tries, [5000, 10_000, 20_000, 40_000]);
      assert.deepEqual(ids().sort(), ['n-0', 'n-1']);
    });
  }

  it('are not doubled when Slack took the message and its answer was lost', async () => {
    await putMany(2);
    lab.slack.faults.add({ kind: 'answer-lost', method: 'chat.postMessage', times: 1 });
    const { again = 0 } = await lab.send();
    lab.pass(again - lab.clock.now());
    assert.deepEqual(await lab.send(), { sent: 2 });
    assert.deepEqual(ids(), ['n-0', 'n-1']);
    assert.equal((await lab.ledger.findNotice('n-0'))?.ts, lab.posted()[0]?.ts);
  });

  it('say once in the thread that it ended, also when the answer to that was lost', async () => {
    await lab.put(findingContent());
    await lab.send();
    await lab.put(findingContent({ state: 'fixed', resolvedAt: 1_800_000_001_000 }));
    lab.slack.faults.add({ kind: 'answer-lost', method: 'chat.postMessage', times: 1 });
    const { again = 0 } = await lab.send();
    lab.pass(again - lab.clock.now());
    await lab.send();
    assert.equal(texts().filter((text) => text.startsWith('Fixed by Sallyport after')).length, 1);
  });

  it('of a sender that died are looked for before they are posted again', async () => {
    await putMany(2);
    const died = await lab.ledger.claimNotices('dead', 10, lab.clock.now(), staleMs);
    const client = createSlackClient(lab.log, lab.env);
    const mark = { id: 'n-0', revision: 1 };
    await client?.post({ channel, text: 'finding 0', blocks: [], mark });
    assert.equal(died.length, 2);
    assert.deepEqual(await lab.send(), { sent: 0, again: lab.clock.now() + staleMs });
    lab.pass(staleMs);
    assert.deepEqual(await lab.send(), { sent: 2 });
    assert.deepEqual(ids(), ['n-0', 'n-1']);
    assert.equal(lab.calls('conversations.history').length, 1);
    assert.ok(JSON.stringify(lab.posted()[0]?.blocks).includes('finding 0'), 'what was found is brought up to date');
  });

  it('are found again among hundreds of other messages', async () => {
    await putMany(1);
    await lab.ledger.claimNotices('dead', 10, lab.clock.now(), staleMs);
    await createSlackClient(lab.log, lab.env)?.post({
      channel,
      text: 'it',
      blocks: [],
      mark: { id: 'n-0', revision: 1 },
    });
    for (let n = 0; n < 450; n += 1) lab.slack.store.add(channel, { text: `chatter ${n}`, blocks: [] });
    lab.pass(staleMs);
    assert.deepEqual(await lab.send(), { sent: 1 });
    assert.equal(ids().filter((id) => id === 'n-0').length, 1);
    assert.equal(lab.calls('conversations.history').length, 3);
  });

  for (const [why, options, env] of [
    ['channel_not_found', { channels: [] }, {}],
    ['not_in_channel', { channels: [{ id: channel, name: 'x', isMember: false }] }, {}],
    ['is_archived', { channels: [{ id: channel, name: 'x', isArchived: true }] }, {}],
    ['missing_scope', { scopes: [] }, {}],
    ['invalid_auth', {}, { SLACK_BOT_TOKEN: 'xoxb-wrong-token-of-somebody' }],
  ] as const) {
    it(`stay due and are told of as an error when Slack refuses them: ${why}`, async () => {
      const other = await openSlackLab(options);
      await other.put(findingContent());
      const { sent, again = 0 } = await other.send(env);
      assert.deepEqual([sent, again - other.clock.now()], [0, 15 * 60_000]);
      const [line = ''] = other.lines.filter((one) => one.includes('notice not sent'));
      const { severity, error } = JSON.parse(line);
      assert.equal(severity, 'ERROR');
      assert.equal(error.code, 'slack-refused');
      assert.ok(error.message.includes(why) && error.hint.length > 20, line);
      assert.ok(!other.lines.join().includes(other.slack.token) && !other.lines.join().includes('xoxb-wrong'));
      await other.stop();
    });
  }

  it('to one channel that refuses do not hold up the others', async () => {
    await lab.put(findingContent(), 'bad', 'C0NOWHERE');
    await lab.put(findingContent(), 'good');
    assert.equal((await lab.send()).sent, 1);
    assert.deepEqual(ids(), ['good']);
  });

  it('that people have deleted are not brought back', async () => {
    await lab.put(findingContent());
    await lab.send();
    lab.slack.store.remove(channel, lab.posted()[0]?.ts ?? '');
    await lab.put(findingContent({ state: 'resolved', resolvedAt: 1_800_000_001_000 }));
    assert.deepEqual(await lab.send(), { sent: 1 });
    assert.deepEqual(lab.posted(), []);
  });

  it('are shared out between two senders at once', async () => {
    await putMany(8);
    const results = await Promise.all([lab.send(), lab.send(), lab.send()]);
    assert.equal(
      results.reduce((sum, { sent }) => sum + sent, 0),
      8,
    );
    assert.deepEqual(
      ids().sort(),
      Array.from({ length: 8 }, (_, n) => `n-${n}`),
    );
  });
});

describe('the Slack client', () => {
  const quiet = { ...console } as never;

  it('is none without a token', () => {
    assert.equal(createSlackClient(quiet, {}), undefined);
  });

  for (const url of [undefined, 'https://slack.com/api/', 'http://10.0.0.1/api/', 'https://127.0.0.1/api/']) {
    it(`of a sandbox run never reaches beyond this machine: ${url}`, () => {
      const env = { SLACK_BOT_TOKEN: 'xoxb-x', SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:1', SLACK_API_URL: url };
      assert.throws(() => createSlackClient(quiet, env), { code: 'sandbox-not-loopback' });
    });
  }
});
