import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { buildAccessToken } from '../../../sandbox/access-token.ts';
import { startFrontDoor } from '../../../sandbox/front-door/start-front-door.ts';
import { createIdTokens, type IdTokens } from '../../../sandbox/id-token.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../sandbox/loopback-server.ts';
import { createPushDispatcher, type PushDispatcher } from '../../../sandbox/pubsub-push/create-push-dispatcher.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import {
  agent,
  annotate,
  backendResource,
  bind,
  buildTwoDoorEstate,
  clientId,
  hosts,
} from '../front-door/two-door-estate.ts';

const topic = 'projects/p1/topics/orders';
const name = 'projects/p1/subscriptions/orders';
const account = 'push@p1.iam.gserviceaccount.com';
const regions = ['europe-west1', 'us-central1'] as const;

describe('Pub/Sub push', () => {
  let idTokens: IdTokens;
  let sandbox: Sandbox;
  let frontDoor: LoopbackServer;
  let push: PushDispatcher;
  let worker: LoopbackServer;
  let seen: { at: number; headers: IncomingHttpHeaders; body: string }[];
  /** What the worker answers, in turn; 0 = breaks the connection; then 204. */
  let answers: number[];

  before(async () => {
    idTokens = await createIdTokens();
  });

  beforeEach(async () => {
    seen = [];
    answers = [];
    sandbox = await startSandbox();
    copyInto(sandbox, buildTwoDoorEstate('today'));
    const { cloud, requestLog } = sandbox;
    bind(cloud, 'projects/p1', 'roles/owner', 'user:admin@example.com');
    cloud.serviceAccounts.add(account);
    cloud.pubsub.topics.set(topic, { name: topic });
    frontDoor = await startFrontDoor({ cloud, idTokens, requestLog });
    push = createPushDispatcher({ cloud, idTokens, requestLog, frontDoorPort: frontDoor.port, timeScale: 0.01 });
    worker = await startLoopbackServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ at: Date.now(), headers: request.headers, body });
        const status = answers.shift() ?? 204;
        if (status === 0) return request.socket.destroy();
        response.writeHead(status).end();
      });
    });
  });

  afterEach(async () => {
    await push.stop();
    await worker.stop();
    await frontDoor.stop();
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  async function call(verb: string, path: string, body?: unknown) {
    const response = await fetch(`${sandbox.url}/v1/${path}`, {
      method: verb,
      headers: { authorization: `Bearer ${buildAccessToken('admin@example.com')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  const subscribe = (pushConfig: object, more: object = {}) => call('PUT', name, { topic, pushConfig, ...more });
  const publish = async (text: string, attributes?: Record<string, string>): Promise<string> => {
    const message = { data: Buffer.from(text).toString('base64'), ...(attributes ? { attributes } : {}) };
    return (await call('POST', `${topic}:publish`, { messages: [message] })).messageIds[0];
  };
  const rows = () => sandbox.requestLog.rows.filter(({ kind }) => kind === 'push');
  const outcomes = () => rows().map(({ status, region, outcome }) => [status, region, outcome]);
  const token = (audience?: string) => ({ serviceAccountEmail: account, ...(audience ? { audience } : {}) });

  it('posts the wrapped message with an ID token that the published keys verify', async () => {
    await subscribe({ pushEndpoint: `${worker.url}/in?x=1`, oidcToken: token('the-audience') });
    const messageId = await publish('hello', { colour: 'red' });
    await push.idle();
    const [{ headers, body } = assert.fail()] = seen;
    const { message, ...rest } = JSON.parse(body);
    assert.deepEqual(rest, { subscription: name });
    const { publishTime, publish_time, ...fields } = message;
    assert.equal(publishTime, publish_time);
    assert.deepEqual(fields, {
      attributes: { colour: 'red' },
      data: Buffer.from('hello').toString('base64'),
      messageId,
      message_id: messageId,
    });
    const keys = await (await fetch(`${frontDoor.url}/_sandbox/jwks`)).text();
    const bearer = headers.authorization?.replace('Bearer ', '') ?? '';
    const { payload, protectedHeader } = await jwtVerify(bearer, createLocalJWKSet(JSON.parse(keys)));
    assert.equal(protectedHeader.alg, 'RS256');
    assert.deepEqual(
      [payload.iss, payload.aud, payload['email'], payload['email_verified']],
      ['https://accounts.google.com', 'the-audience', account, true],
    );
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 3600);
    assert.deepEqual(outcomes(), [[204, null, 'acknowledged']]);
  });

  it('takes the endpoint for the audience where none is set, and sends no token where no account is', async () => {
    await subscribe({ pushEndpoint: `${worker.url}/in`, oidcToken: token() });
    await publish('a');
    await push.idle();
    await call('POST', `${name}:modifyPushConfig`, { pushConfig: { pushEndpoint: `${worker.url}/in` } });
    await publish('b');
    await push.idle();
    assert.deepEqual(
      rows().map(({ audience }) => audience),
      [`${worker.url}/in`, null],
    );
    assert.equal(seen[1]?.headers.authorization, undefined);
  });

  it('sends the data alone where no wrapper is wanted, with what is known of it in headers', async () => {
    await subscribe({ pushEndpoint: `${worker.url}/in`, noWrapper: { writeMetadata: true } });
    const messageId = await publish('plain', { colour: 'red', host: 'evil.example', authorization: 'Bearer x' });
    await push.idle();
    const [{ headers, body } = assert.fail()] = seen;
    assert.equal(body, 'plain');
    assert.equal(headers['x-goog-pubsub-message-id'], messageId);
    assert.deepEqual([headers['colour'], headers.authorization], ['red', undefined]);
    assert.equal(headers.host, worker.host, 'an attribute must not say where a message goes');
  });

  for (const status of [200, 201, 202, 204]) {
    it(`takes ${status} for an acknowledgement`, async () => {
      answers = [status];
      await subscribe({ pushEndpoint: worker.url });
      await publish('x');
      await push.idle();
      assert.deepEqual(outcomes(), [[status, null, 'acknowledged']]);
    });
  }

  it('sends again after anything else, waiting longer each time, with the configuration of that moment', async () => {
    answers = [203, 302, 429, 500, 0];
    await subscribe({ pushEndpoint: worker.url, oidcToken: token('old') }, { retryPolicy: { minimumBackoff: '2s' } });
    const messageId = await publish('x');
    await push.tried();
    const change = {
      subscription: { pushConfig: { oidcToken: { audience: 'new' } } },
      updateMask: 'pushConfig.oidcToken.audience',
    };
    await call('PATCH', name, change);
    await push.idle();
    assert.deepEqual(
      rows().map(({ status, attempt }) => [status, attempt]),
      [
        [203, 1],
        [302, 2],
        [429, 3],
        [500, 4],
        [0, 5],
        [204, 6],
      ],
    );
    assert.deepEqual([rows()[0]?.['audience'], rows().at(-1)?.['audience']], ['old', 'new']);
    assert.ok(rows().every((row) => row['messageId'] === messageId));
    const waits = seen.map(({ at }, index) => at - (seen[index - 1]?.at ?? at)).slice(1);
    const least = [20, 40, 80, 160, 320];
    assert.ok(
      waits.every((ms, index) => ms >= (least[index] ?? 0) - 5),
      String(waits),
    );
  });

  it('puts a message on the dead-letter topic after its last attempt, with where it came from', async () => {
    const dead = 'projects/p1/topics/dead';
    await call('PUT', dead, {});
    answers = [500, 500, 500, 500, 500];
    const deadLetterPolicy = { deadLetterTopic: dead, maxDeliveryAttempts: 5 };
    await subscribe({ pushEndpoint: worker.url }, { deadLetterPolicy, retryPolicy: { minimumBackoff: '0s' } });
    await publish('x', { colour: 'red' });
    await push.idle();
    assert.deepEqual(
      seen.map(({ body }) => JSON.parse(body).deliveryAttempt),
      [1, 2, 3, 4, 5],
    );
    assert.equal(rows().at(-1)?.['outcome'], 'dead-lettered');
    const [kept = assert.fail()] = sandbox.cloud.pubsub.messages(dead);
    assert.equal(Buffer.from(kept.data ?? '', 'base64').toString(), 'x');
    assert.equal(kept.attributes?.['colour'], 'red');
    assert.equal(kept.attributes?.['CloudPubSubDeadLetterSourceDeliveryCount'], '5');
    assert.equal(kept.attributes?.['CloudPubSubDeadLetterSourceSubscription'], 'orders');
  });

  it('reaches the run.app URL of its own project although only balancers may enter from outside', async () => {
    const { cloud } = sandbox;
    bind(cloud, 'projects/p1/locations/europe-west1/services/shop', 'roles/run.invoker', `serviceAccount:${account}`);
    const url = `https://${hosts.shopRun}`;
    await subscribe({ pushEndpoint: `${url}/in`, oidcToken: token(url) });
    await publish('x');
    await push.idle();
    assert.deepEqual(outcomes().at(-1)?.slice(0, 1), [200]);
  });

  it('calls no host but those of the local cloud', async () => {
    for (const host of ['elsewhere.example.com', 'ghost-111.europe-west1.run.app', 'example.com']) {
      await subscribe({ pushEndpoint: `https://${host}/orders`, oidcToken: token() });
      await publish('x');
      await push.idle();
      assert.deepEqual(outcomes().at(-1), [0, null, 'host-not-served'], host);
      await call('DELETE', name);
    }
    assert.equal(sandbox.requestLog.rows.filter(({ kind }) => kind === 'front-door').length, 0);
  });

  it('sends nothing for an account that has gone, and nothing that a filter might have kept back', async () => {
    await subscribe({ pushEndpoint: worker.url, oidcToken: token() }, { filter: 'attributes:x' });
    await publish('x');
    await push.idle();
    await call('DELETE', name);
    await subscribe({ pushEndpoint: worker.url, oidcToken: token() });
    sandbox.cloud.serviceAccounts.delete(account);
    await publish('y');
    await push.idle();
    assert.deepEqual(outcomes(), [
      [0, null, 'filter-not-modelled'],
      [0, null, 'no-such-account'],
    ]);
    assert.deepEqual(seen, []);
  });

  it('ends with nothing under way, however often an endpoint refuses', async () => {
    answers = Array.from({ length: 1000 }, () => 500);
    await subscribe({ pushEndpoint: worker.url });
    await publish('x');
    await push.tried();
    await push.stop();
    const count = seen.length;
    await publish('y');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(seen.length, count);
  });

  describe('at the front door', () => {
    it("behind IAP arrives in every region with IAP's client as audience, and in none with the endpoint's URL", async () => {
      const { cloud } = sandbox;
      bind(cloud, backendResource, 'roles/iap.httpsResourceAccessor', `serviceAccount:${account}`);
      bind(cloud, 'projects/p1/locations/us-central1/services/shop', 'roles/run.invoker', agent);
      await subscribe({ pushEndpoint: `https://${hosts.iap}/orders`, oidcToken: token() });
      await publish('x');
      await push.tried();
      const [first] = rows();
      assert.deepEqual(
        [first?.status, first?.['why']],
        [401, 'Invalid IAP credentials: Invalid bearer token. Invalid JWT audience.'],
      );
      const pushConfig = { pushEndpoint: `https://${hosts.iap}/orders`, oidcToken: token(clientId) };
      await call('PATCH', name, { subscription: { pushConfig }, updateMask: 'pushConfig' });
      await push.idle();
      for (const region of regions) {
        push.pinRegion(region);
        await publish(region);
        await push.idle();
        assert.deepEqual(outcomes().at(-1), [200, region, 'acknowledged']);
      }
    });

    it("without IAP passes in one region and fails in the other when the audience is one region's URL", async () => {
      const { cloud } = sandbox;
      for (const region of regions) {
        bind(cloud, `projects/p1/locations/${region}/services/api`, 'roles/run.invoker', `serviceAccount:${account}`);
      }
      await subscribe({ pushEndpoint: `https://${hosts.open}/orders`, oidcToken: token(`https://${hosts.run}`) });
      push.pinRegion('europe-west1');
      await publish('a');
      await push.idle();
      push.pinRegion('us-central1');
      await publish('b');
      await push.tried();
      assert.deepEqual(outcomes().slice(0, 2), [
        [200, 'europe-west1', 'acknowledged'],
        [401, 'us-central1', 'retried'],
      ]);
      assert.match(
        String(rows()[1]?.['why']),
        /^Error: Unauthorized Your client does not have permission to the requested URL/,
      );
      // A region in turn, as users see it: what one region refuses another takes later.
      push.pinRegion(undefined);
      await push.idle();
      assert.deepEqual(outcomes().at(-1), [200, 'europe-west1', 'acknowledged']);

      for (const region of regions) annotate(cloud, `${region}/services/api`, 'custom-audiences', '["https://orders"]');
      const change = { pushConfig: { oidcToken: { audience: 'https://orders' } } };
      await call('PATCH', name, { subscription: change, updateMask: 'pushConfig.oidcToken.audience' });
      for (const region of regions) {
        push.pinRegion(region);
        await publish(region);
        await push.idle();
        assert.deepEqual(outcomes().at(-1), [200, region, 'acknowledged']);
      }
    });

    it('is asked with the host of the endpoint', async () => {
      await subscribe({ pushEndpoint: `https://${hosts.iap.toUpperCase()}/orders?x=1` });
      await publish('x');
      await push.tried();
      const row = sandbox.requestLog.rows.find(({ kind }) => kind === 'front-door');
      assert.deepEqual([row?.verb, row?.host, row?.['path'], row?.status], ['POST', hosts.iap, '/orders', 401]);
    });
  });
});

function copyInto({ cloud }: Sandbox, from: Sandbox['cloud']): void {
  for (const [key, one] of from.projects) cloud.projects.set(key, one);
  for (const [key, one] of from.folders) cloud.folders.set(key, one);
  for (const [key, one] of from.runServices) cloud.runServices.set(key, one);
  for (const [key, one] of from.compute) cloud.compute.set(key, one);
  for (const [key, one] of from.policies) cloud.policies.set(key, one);
  for (const one of from.serviceAccounts) cloud.serviceAccounts.add(one);
}
