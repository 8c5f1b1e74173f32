import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';

const topic = 'projects/p1/topics/orders';
const subscription = 'projects/p1/subscriptions/orders-push';

describe('Pub/Sub', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
    const project = { projectId: 'p1', projectNumber: '111', displayName: 'p1', createTime: '2026-01-01T00:00:00Z' };
    sandbox.cloud.projects.set('p1', project);
    const owner = { role: 'roles/owner', members: ['user:admin@example.com'] };
    sandbox.cloud.policies.set('projects/p1', { etag: 'AAAA', bindings: [owner] });
  });

  afterEach(async () => {
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  async function call(verb: string, path: string, body?: unknown) {
    const response = await fetch(`${sandbox.url}/v1/${path}`, {
      method: verb,
      headers: { authorization: 'Bearer fake-token' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  const audited = () =>
    sandbox.cloud.logEntries.map(({ protoPayload }) => [protoPayload.methodName, protoPayload.resourceName]);

  it('keeps what is published, in order, for a person to look at', async () => {
    await call('PUT', topic, {});
    const data = Buffer.from('{"event":1}').toString('base64');
    const answer = await call('POST', `${topic}:publish`, {
      messages: [{ data, attributes: { code: 'x' } }, { data }],
    });
    assert.equal(answer.status, 200);
    const kept = sandbox.cloud.pubsub.messages(topic);
    assert.deepEqual(
      kept.map((message) => message.messageId),
      answer.body.messageIds,
    );
    assert.deepEqual([kept[0]?.data, kept[0]?.attributes], [data, { code: 'x' }]);
    assert.equal((await call('POST', 'projects/p1/topics/nobody:publish', { messages: [{ data }] })).status, 404);
  });

  it('takes a push subscription as gcloud sends it, and leaves the entries that a reconcile starts from', async () => {
    await call('PUT', topic, {});
    const pushConfig = {
      pushEndpoint: 'https://app.example.com/push',
      oidcToken: { audience: 'D', serviceAccountEmail: 'a@p1.iam.gserviceaccount.com' },
    };
    const created = await call('PUT', subscription, { name: subscription, topic, pushConfig });
    assert.equal(created.status, 200);
    assert.equal(created.body.ackDeadlineSeconds, 10);
    const changed = { name: subscription, pushConfig: { pushEndpoint: 'https://app.example.com/other' } };
    const patched = await call('PATCH', subscription, { subscription: changed, updateMask: 'pushConfig' });
    assert.deepEqual(patched.body.pushConfig, changed.pushConfig);
    assert.equal(patched.body.ackDeadlineSeconds, 10, 'only what the mask names is changed');
    assert.equal((await call('POST', `${subscription}:modifyPushConfig`, { pushConfig })).status, 200);
    assert.deepEqual((await call('GET', subscription)).body.pushConfig, pushConfig);
    assert.equal((await call('DELETE', subscription)).status, 200);
    assert.deepEqual((await call('GET', 'projects/p1/subscriptions')).body, { subscriptions: [] });
    assert.deepEqual(audited(), [
      ['google.pubsub.v1.Publisher.CreateTopic', topic],
      ['google.pubsub.v1.Subscriber.CreateSubscription', topic],
      ['google.pubsub.v1.Subscriber.UpdateSubscription', subscription],
      ['google.pubsub.v1.Subscriber.ModifyPushConfig', subscription],
      ['google.pubsub.v1.Subscriber.DeleteSubscription', subscription],
    ]);
  });

  it('takes a mask with a path inside pushConfig, in snake case', async () => {
    await call('PUT', topic, {});
    const pushConfig = { pushEndpoint: 'https://a.example/', oidcToken: { serviceAccountEmail: 'a@b.c' } };
    await call('PUT', subscription, { topic, pushConfig });
    const change = {
      subscription: { pushConfig: { pushEndpoint: 'https://b.example/' } },
      updateMask: 'push_config.push_endpoint',
    };
    assert.deepEqual((await call('PATCH', subscription, change)).body.pushConfig, {
      ...pushConfig,
      pushEndpoint: 'https://b.example/',
    });
  });

  it('refuses what Google refuses', async () => {
    await call('PUT', topic, {});
    const refusals = [
      (await call('PUT', topic, {})).body.error.status,
      (await call('PUT', 'projects/p1/topics/googly', {})).body.error.status,
      (await call('PUT', subscription, { topic: 'projects/p1/topics/nobody' })).body.error.status,
      (await call('PUT', subscription, { topic, pushConfig: { pushEndpoint: 'http://app.example.com' } })).body.error
        .status,
      (await call('PATCH', subscription, { subscription: {}, updateMask: 'pushConfig' })).body.error.status,
    ];
    assert.deepEqual(refusals, ['ALREADY_EXISTS', 'INVALID_ARGUMENT', 'NOT_FOUND', 'INVALID_ARGUMENT', 'NOT_FOUND']);
    await call('PUT', subscription, { topic });
    const moved = { subscription: { topic: 'projects/p1/topics/x' }, updateMask: 'topic' };
    assert.equal((await call('PATCH', subscription, moved)).status, 400);
  });
});
