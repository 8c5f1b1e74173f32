import assert from 'node:assert/strict';
import { pubsub_v1 } from 'googleapis/build/src/apis/pubsub/v1.js';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { authOf, refusalOf } from './running-sandbox.ts';

const topic = 'projects/p1/topics/letters';
const subscription = 'projects/p1/subscriptions/letters';

describe('pulling from Pub/Sub', () => {
  let sandbox: Sandbox;
  let time: number;
  let client: pubsub_v1.Pubsub;

  beforeEach(async () => {
    time = Date.parse('2026-11-01T00:00:00Z');
    sandbox = await startSandbox({ now: () => new Date(time) });
    const project = { projectId: 'p1', projectNumber: '111', displayName: 'p1', createTime: '2026-01-01T00:00:00Z' };
    sandbox.cloud.projects.set('p1', project);
    const owner = { role: 'roles/owner', members: ['user:admin@example.com'] };
    sandbox.cloud.policies.set('projects/p1', { etag: 'AAAA', bindings: [owner] });
    client = buildClient('admin@example.com');
    await client.projects.topics.create({ name: topic, requestBody: {} });
    await client.projects.subscriptions.create({ name: subscription, requestBody: { topic, ackDeadlineSeconds: 60 } });
  });
  afterEach(async () => {
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  const buildClient = (email: string) =>
    new pubsub_v1.Pubsub({ rootUrl: `${sandbox.url}/`, auth: authOf(email) as never, retry: false });
  const publish = (...texts: string[]) =>
    client.projects.topics.publish({
      topic,
      requestBody: { messages: texts.map((text) => ({ data: Buffer.from(text).toString('base64') })) },
    });
  const pull = async (maxMessages = 10, returnImmediately = true) => {
    const { data } = await client.projects.subscriptions.pull({
      subscription,
      requestBody: { maxMessages, returnImmediately },
    });
    return (data.receivedMessages ?? []).map(({ ackId, message }) => ({
      ackId: ackId ?? '',
      text: Buffer.from(message?.data ?? '', 'base64').toString(),
    }));
  };
  const texts = async (max?: number) => (await pull(max)).map(({ text }) => text);
  const acknowledge = (...ackIds: string[]) =>
    client.projects.subscriptions.acknowledge({ subscription, requestBody: { ackIds } });
  const hold = (ackDeadlineSeconds: number, ...ackIds: string[]) =>
    client.projects.subscriptions.modifyAckDeadline({ subscription, requestBody: { ackIds, ackDeadlineSeconds } });

  it('gives what was published since the subscription was made, each to one puller at a time', async () => {
    await publish('a', 'b', 'c');
    assert.deepEqual(await texts(2), ['a', 'b']);
    assert.deepEqual(await texts(), ['c']);
    assert.deepEqual(await texts(), []);
  });

  it('gives again what was not acknowledged within the deadline, and never what was', async () => {
    await publish('a', 'b');
    const [a] = await pull();
    await acknowledge(a?.ackId ?? '');
    time += 60_000;
    assert.deepEqual(await texts(), ['b']);
  });

  it('takes an acknowledgement that comes too late, and gives the message again', async () => {
    await publish('a');
    const [a] = await pull();
    time += 60_000;
    await acknowledge(a?.ackId ?? '');
    assert.deepEqual(await texts(), ['a']);
  });

  it('lets a deadline be extended, and ended at once', async () => {
    await publish('a');
    const [first] = await pull();
    await hold(600, first?.ackId ?? '');
    time += 599_000;
    assert.deepEqual(await texts(), []);
    await hold(0, first?.ackId ?? '');
    assert.deepEqual(await texts(), ['a']);
  });

  it('waits for a message when it is not told to answer at once', async () => {
    const pulled = pull(1, false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await publish('late');
    assert.equal((await pulled)[0]?.text, 'late');
  });

  it('forgets what is older than the retention, and all when the subscription goes', async () => {
    await publish('old');
    time += 7 * 86_400_000 + 1;
    await publish('new');
    assert.deepEqual(await texts(), ['new']);
    await client.projects.subscriptions.delete({ subscription });
    await client.projects.subscriptions.create({ name: subscription, requestBody: { topic } });
    assert.deepEqual(await texts(), []);
  });

  it('refuses in Google’s words: no count, no ack ids, foreign ack ids, long deadlines, strangers', async () => {
    await publish('a');
    const [a] = await pull();
    const refused = async (call: Promise<unknown>) => (await refusalOf(call)).status;
    assert.equal(await refused(pull(0)), 400);
    assert.equal(await refused(acknowledge()), 400);
    assert.equal(await refused(acknowledge('nonsense')), 400);
    assert.equal(await refused(hold(601, a?.ackId ?? '')), 400);
    const stranger = buildClient('stranger@example.com');
    assert.equal(
      await refused(stranger.projects.subscriptions.pull({ subscription, requestBody: { maxMessages: 1 } })),
      403,
    );
    assert.equal(
      await refused(
        client.projects.subscriptions.pull({ subscription: `${subscription}-gone`, requestBody: { maxMessages: 1 } }),
      ),
      404,
    );
  });
});
