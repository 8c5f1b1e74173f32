import assert from 'node:assert/strict';
import { buildAccessToken } from '../../../sandbox/access-token.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';

const topic = 'projects/p1/topics/orders';
const subscription = 'projects/p1/subscriptions/orders-push';
const account = 'push@p1.iam.gserviceaccount.com';

describe('Pub/Sub', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
    const project = { projectId: 'p1', projectNumber: '111', displayName: 'p1', createTime: '2026-01-01T00:00:00Z' };
    sandbox.cloud.projects.set('p1', project);
    const owner = { role: 'roles/owner', members: ['user:admin@example.com'] };
    sandbox.cloud.policies.set('projects/p1', { etag: 'AAAA', bindings: [owner] });
    sandbox.cloud.serviceAccounts.add(account);
  });

  afterEach(async () => {
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  async function call(verb: string, path: string, body?: unknown, email?: string) {
    const response = await fetch(`${sandbox.url}/v1/${path}`, {
      method: verb,
      headers: { authorization: `Bearer ${email === undefined ? 'fake-token' : buildAccessToken(email)}` },
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
      oidcToken: { audience: 'D', serviceAccountEmail: account },
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
    const pushConfig = { pushEndpoint: 'https://a.example/', oidcToken: { serviceAccountEmail: account } };
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

  const push = (audience?: string) => ({
    pushEndpoint: 'https://shop.example.com/orders',
    oidcToken: { serviceAccountEmail: account, ...(audience === undefined ? {} : { audience }) },
  });

  for (const mask of ['pushConfig.oidcToken.audience', 'push_config.oidc_token.audience']) {
    it(`changes the audience alone with the mask ${mask}`, async () => {
      await call('PUT', topic, {});
      await call('PUT', subscription, { topic, pushConfig: push('old') });
      const sent = { subscription: { pushConfig: { oidcToken: { audience: 'new' } } }, updateMask: mask };
      const patched = await call('PATCH', subscription, sent);
      assert.deepEqual([patched.status, patched.body.pushConfig], [200, push('new')]);
      const cleared = await call('PATCH', subscription, { subscription: {}, updateMask: mask });
      assert.deepEqual(cleared.body.pushConfig, push(), 'what the mask names and the body lacks is cleared');
    });
  }

  it('asks for the right to act as the push account, in create, patch and modifyPushConfig alike', async () => {
    await call('PUT', topic, {});
    await call('PUT', subscription, { topic, pushConfig: push('old') });
    const dev = 'dev@example.com';
    const policy = sandbox.cloud.policies.get('projects/p1');
    policy?.bindings?.push({ role: 'roles/pubsub.editor', members: [`user:${dev}`] });
    const other = 'projects/p1/subscriptions/other';
    const tries = () =>
      Promise.all([
        call('PUT', other, { topic, pushConfig: push('new') }, dev),
        call('PATCH', subscription, { subscription: { pushConfig: push('new') }, updateMask: 'pushConfig' }, dev),
        call('POST', `${subscription}:modifyPushConfig`, { pushConfig: push('new') }, dev),
      ]);
    for (const { status, body } of await tries()) {
      assert.equal(status, 403);
      assert.match(body.error.message, /^Permission 'iam\.serviceAccounts\.actAs' denied on resource '.*push@p1/);
    }
    assert.deepEqual((await call('GET', subscription)).body.pushConfig, push('old'));
    const refused = sandbox.cloud.logEntries.filter(({ severity }) => severity === 'ERROR');
    assert.deepEqual(
      refused.map(({ protoPayload }) => protoPayload['status']).map((status) => JSON.stringify(status).slice(0, 9)),
      ['{"code":7', '{"code":7', '{"code":7'],
      'each attempt is in the log',
    );
    const withoutPush = { subscription: { ackDeadlineSeconds: 60 }, updateMask: 'ackDeadlineSeconds' };
    assert.equal((await call('PATCH', subscription, withoutPush, dev)).status, 200, 'other fields need no such right');

    const actAs = { role: 'roles/iam.serviceAccountUser', members: [`user:${dev}`] };
    sandbox.cloud.policies.set(`projects/p1/serviceAccounts/${account}`, { etag: 'AAAA', bindings: [actAs] });
    assert.deepEqual(
      (await tries()).map(({ status }) => status),
      [200, 200, 200],
    );
  });

  it('refuses a push account that does not exist', async () => {
    await call('PUT', topic, {});
    const oidcToken = { serviceAccountEmail: 'ghost@p1.iam.gserviceaccount.com' };
    const { status, body } = await call('PUT', subscription, { topic, pushConfig: { ...push(), oidcToken } });
    assert.deepEqual(
      [status, body.error.message],
      [400, 'Service account ghost@p1.iam.gserviceaccount.com does not exist.'],
    );
  });

  it('says in the log what was asked, as Google does', async () => {
    await call('PUT', topic, {});
    await call('PUT', subscription, { topic, pushConfig: push() });
    const sent = { subscription: { name: subscription, pushConfig: push('D') }, updateMask: 'pushConfig' };
    await call('PATCH', subscription, sent);
    await call('POST', `${subscription}:modifyPushConfig`, { pushConfig: push('E') });
    const [, created, updated, modified] = sandbox.cloud.logEntries;
    assert.deepEqual(created?.protoPayload['request'], {
      '@type': 'type.googleapis.com/google.pubsub.v1.Subscription',
      topic,
      pushConfig: push(),
      name: subscription,
    });
    assert.deepEqual(created?.resource, {
      type: 'pubsub_topic',
      labels: { project_id: 'p1', topic_id: topic },
    });
    assert.deepEqual(updated?.protoPayload['request'], {
      '@type': 'type.googleapis.com/google.pubsub.v1.UpdateSubscriptionRequest',
      ...sent,
    });
    assert.deepEqual(modified?.protoPayload['request'], {
      '@type': 'type.googleapis.com/google.pubsub.v1.ModifyPushConfigRequest',
      subscription,
      pushConfig: push('E'),
    });
    for (const entry of sandbox.cloud.logEntries) assert.equal('operation' in entry, false);
  });

  it('keeps dead-letter and retry policies within their bounds', async () => {
    await call('PUT', topic, {});
    const dead = 'projects/p1/topics/dead';
    const create = (fields: object) => call('PUT', subscription, { topic, ...fields });
    assert.equal((await create({ deadLetterPolicy: { deadLetterTopic: dead } })).status, 404, 'no such topic');
    await call('PUT', dead, {});
    for (const fields of [
      { deadLetterPolicy: { deadLetterTopic: dead, maxDeliveryAttempts: 4 } },
      { deadLetterPolicy: { deadLetterTopic: dead, maxDeliveryAttempts: 101 } },
      { retryPolicy: { maximumBackoff: '601s' } },
      { ackDeadlineSeconds: 9 },
      { messageRetentionDuration: '599s' },
      { ackDeadline: 10 },
      { pushConfig: { ...push(), noWrapper: {}, pubsubWrapper: {} } },
    ]) {
      assert.equal((await create(fields)).status, 400, JSON.stringify(fields));
    }
    const { body } = await create({ deadLetterPolicy: { deadLetterTopic: dead }, retryPolicy: {} });
    assert.deepEqual(body.deadLetterPolicy, { deadLetterTopic: dead, maxDeliveryAttempts: 5 });
    assert.deepEqual(body.retryPolicy, { minimumBackoff: '10s', maximumBackoff: '600s' });
  });

  it('lists in pages, and leaves the subscriptions of a deleted topic without one', async () => {
    await call('PUT', topic, {});
    for (const id of ['aaa', 'bbb', 'ccc']) await call('PUT', `projects/p1/subscriptions/${id}`, { topic });
    const first = await call('GET', 'projects/p1/subscriptions?pageSize=2');
    assert.equal(first.body.subscriptions.length, 2);
    const second = await call('GET', `projects/p1/subscriptions?pageSize=2&pageToken=${first.body.nextPageToken}`);
    assert.deepEqual([second.body.subscriptions.length, second.body.nextPageToken], [1, undefined]);
    assert.equal((await call('GET', `${topic}/subscriptions`)).body.subscriptions.length, 3);
    assert.equal((await call('DELETE', topic)).status, 200);
    assert.equal((await call('GET', 'projects/p1/subscriptions/aaa')).body.topic, '_deleted-topic_');
  });

  it('says what it does not model', async () => {
    await call('PUT', topic, {});
    assert.equal((await call('PUT', subscription, { topic, bigqueryConfig: {} })).status, 501);
  });
});
