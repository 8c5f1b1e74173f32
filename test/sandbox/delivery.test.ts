import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import type { Cloud, LogEntry } from '../../sandbox/cloud.ts';
import { createDelivery, type Delivery, type DeliveryOptions, type DeliveryTarget } from '../../sandbox/delivery.ts';
import { buildDeliveryFaults } from '../../sandbox/delivery-faults.ts';
import { type RunningFunction, startFunction } from '../../sandbox/functions-host.ts';
import { createIdTokens } from '../../sandbox/id-token.ts';
import { type LoopbackServer, startLoopbackServer } from '../../sandbox/loopback-server.ts';
import { openRequestLog, type RequestLog } from '../../sandbox/request-log.ts';

const replace = 'google.cloud.run.v1.Services.ReplaceService';

function entry(insertId: string, methodName = replace): LogEntry {
  return {
    insertId,
    logName: 'projects/p1/logs/cloudaudit.googleapis.com%2Factivity',
    timestamp: '2026-11-23T10:00:00.000Z',
    receiveTimestamp: '2026-11-23T10:00:00.120Z',
    severity: 'NOTICE',
    resource: { type: 'cloud_run_revision', labels: { project_id: 'p1' } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'run.googleapis.com',
      methodName,
      resourceName: 'namespaces/p1/services/shop',
    },
  };
}

describe('delivery of audit events', () => {
  let cloud: Cloud;
  let requestLog: RequestLog;
  let receiver: LoopbackServer;
  let seen: { headers: IncomingHttpHeaders; body: string }[];
  /** What the receiver answers, in turn; 0 = breaks the connection; then 200. */
  let answers: number[];
  let delivery: Delivery;

  beforeEach(async () => {
    seen = [];
    answers = [];
    ({ cloud } = buildCloud());
    requestLog = openRequestLog();
    receiver = await startLoopbackServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ headers: request.headers, body });
        const status = answers.shift() ?? 200;
        if (status === 0) return request.socket.destroy();
        response.writeHead(status).end();
      });
    });
  });

  afterEach(async () => {
    await delivery.stop();
    await receiver.stop();
  });

  function start(target: Partial<DeliveryTarget> = {}, options: Partial<DeliveryOptions> = {}): Delivery {
    delivery = createDelivery({
      cloud,
      requestLog,
      targets: [{ name: 'audit-event', url: receiver.url, mode: 'eventarc', filter: [replace], ...target }],
      retry: { timeScale: 0.001 },
      ...options,
    });
    return delivery;
  }

  const rows = () =>
    requestLog.rows.map(({ insertId, attempt, status, outcome }) => [insertId, attempt, status, outcome]);
  const insertIds = () => seen.map(({ body }) => JSON.parse(body).insertId);

  it('sends what the filter lets through, as a CloudEvent in binary mode, with an ID token of the trigger', async () => {
    const idTokens = await createIdTokens();
    start({ serviceAccount: 'trigger@p1.iam.gserviceaccount.com' }, { idTokens });
    delivery.deliver(entry('e1'));
    delivery.deliver(entry('e2', 'google.cloud.run.v1.Services.GetService'));
    await delivery.idle();
    assert.equal(seen.length, 1);
    const { headers, body } = seen[0] ?? assert.fail();
    const ce = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('ce-')));
    assert.deepEqual(ce, {
      'ce-specversion': '1.0',
      'ce-id': 'projects/p1/logs/cloudaudit.googleapis.com%2Factivitye11795428000000000',
      'ce-type': 'google.cloud.audit.log.v1.written',
      'ce-source': '//cloudaudit.googleapis.com/projects/p1/logs/activity',
      'ce-subject': 'run.googleapis.com/namespaces/p1/services/shop',
      'ce-time': '2026-11-23T10:00:00.000Z',
      'ce-servicename': 'run.googleapis.com',
      'ce-methodname': replace,
      'ce-resourcename': 'namespaces/p1/services/shop',
      'ce-recordedtime': '2026-11-23T10:00:00.000Z',
      'ce-dataschema':
        'https://googleapis.github.io/google-cloudevents/jsonschema/google/events/cloud/audit/v1/LogEntryData.json',
    });
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    assert.equal((await idTokens.verify(token, [receiver.url])).ok, true);
    const { '@type': _type, ...protoPayload } = entry('e1').protoPayload;
    assert.deepEqual(JSON.parse(body), { ...entry('e1'), protoPayload });
    const row = requestLog.rows[0];
    assert.deepEqual([row?.kind, row?.['eventId'], row?.method], ['delivery', ce['ce-id'], replace]);
  });

  it("sends a body that Google's schema of LogEntryData knows", async function () {
    const file = join(
      import.meta.dirname,
      '../../../shared/data/events/jsonschema/google/events/cloud/audit/v1/LogEntryData.json',
    );
    if (!existsSync(file)) {
      assert.notEqual(process.env['CI'], '1', `${file} is not there`);
      return this.skip();
    }
    start().deliver(entry('e1'));
    await delivery.idle();
    const { definitions } = JSON.parse(readFileSync(file, 'utf8'));
    const validate = new Ajv({ strict: false, validateFormats: false }).compile({
      $ref: '#/definitions/LogEntryData',
      definitions,
    });
    assert.ok(validate(JSON.parse(seen[0]?.body ?? '')), JSON.stringify(validate.errors));
  });

  it('wraps the entry in a Pub/Sub message when it comes from a log sink, with and without Eventarc', async () => {
    start({ mode: 'sink' });
    delivery.addTarget({ name: 'plain', url: receiver.url, mode: 'push', filter: () => true });
    delivery.deliver(entry('e1'));
    await delivery.idle();
    const [event, push] = seen[0]?.headers['ce-id'] ? seen : seen.toReversed();
    assert.equal(event?.headers['ce-type'], 'google.cloud.pubsub.topic.v1.messagePublished');
    assert.equal(event?.headers['ce-source'], '//pubsub.googleapis.com/projects/p1/topics/audit-event');
    assert.equal(push?.headers['ce-id'], undefined);
    for (const request of [event, push]) {
      const { message, subscription } = JSON.parse(request?.body ?? '');
      assert.match(subscription, /^projects\/p1\/subscriptions\//);
      assert.deepEqual(JSON.parse(Buffer.from(message.data, 'base64').toString()), entry('e1'));
      assert.match(message.messageId, /^\d+$/);
      assert.equal(message.publishTime, '2026-11-23T10:00:00.120Z');
    }
  });

  it('tries again after an error and after a lost connection, with the same event id', async () => {
    answers = [500, 0, 302];
    start().deliver(entry('e1'));
    await delivery.idle();
    assert.deepEqual(rows(), [
      ['e1', 1, 500, 'retried'],
      ['e1', 2, 0, 'retried'],
      ['e1', 3, 302, 'retried'],
      ['e1', 4, 200, 'acknowledged'],
    ]);
    assert.equal(new Set(seen.map(({ headers }) => headers['ce-id'])).size, 1);
  });

  it('puts an event on the dead-letter topic after its last attempt', async () => {
    answers = [500, 500, 500, 500];
    const topic = 'projects/p1/topics/sallyport-dead-letters';
    start({ mode: 'push', deadLetter: { topic, maxAttempts: 3 } }).deliver(entry('e1'));
    await delivery.idle();
    assert.equal(seen.length, 3);
    assert.deepEqual(
      seen.map(({ body }) => JSON.parse(body).deliveryAttempt),
      [1, 2, 3],
    );
    const [dead] = cloud.pubsub.messages(topic);
    assert.deepEqual(JSON.parse(Buffer.from(dead?.data ?? '', 'base64').toString()), entry('e1'));
    assert.equal(dead?.attributes?.['CloudPubSubDeadLetterSourceDeliveryCount'], '3');
    assert.equal(rows().at(-1)?.[3], 'dead-lettered');
  });

  it('gives an event up when it is too old, and does not send one above 512 KB', async () => {
    answers = Array(50).fill(500);
    start({}, { retry: { timeScale: 0.001, maxAge: 25_000 } }).deliver(entry('e1'));
    await delivery.idle();
    assert.equal(rows().at(-1)?.[3], 'given-up');
    assert.ok(seen.length >= 2 && seen.length < 10);
    seen.length = 0;
    delivery.deliver({ ...entry('e2'), labels: { big: 'x'.repeat(600_000) } });
    await delivery.idle();
    assert.equal(seen.length, 0);
    assert.equal(rows().at(-1)?.[3], 'too-large');
  });

  it('drops, doubles and swaps the next event when asked', async () => {
    start().faults.next('drop');
    delivery.deliver(entry('dropped'));
    delivery.deliver(entry('a'));
    await delivery.idle();
    assert.deepEqual(insertIds(), ['a']);
    assert.deepEqual(rows()[0], ['dropped', 0, 0, 'dropped']);

    delivery.faults.next('duplicate');
    delivery.deliver(entry('twice'));
    await delivery.idle();
    assert.deepEqual(insertIds(), ['a', 'twice', 'twice']);
    assert.equal(seen[1]?.headers['ce-id'], seen[2]?.headers['ce-id']);

    delivery.faults.next('reorder');
    delivery.deliver(entry('first'));
    delivery.deliver(entry('second'));
    await delivery.idle();
    assert.deepEqual(insertIds().slice(3), ['second', 'first']);
  });

  it('delivers a swapped event also when no other follows, and a delayed one late', async () => {
    start({}, { faults: buildDeliveryFaults({ delayMs: 120 }) });
    delivery.faults.next('reorder');
    delivery.deliver(entry('alone'));
    assert.equal(delivery.pending(), 1);
    await delivery.idle();
    delivery.faults.next('delay');
    const started = Date.now();
    delivery.deliver(entry('late'));
    await delivery.idle();
    assert.ok(Date.now() - started >= 115);
    assert.deepEqual(insertIds(), ['alone', 'late']);
  });

  it('repeats its faults for the same seed, at about the asked rate', async () => {
    const outcomes = async (seed: number) => {
      requestLog = openRequestLog();
      start({}, { requestLog, faults: buildDeliveryFaults({ drop: 0.3 }, seed) });
      for (let i = 0; i < 200; i++) delivery.deliver(entry(`e${i}`));
      await delivery.idle();
      return requestLog.rows.filter(({ outcome }) => outcome === 'dropped').map(({ insertId }) => insertId);
    };
    const first = await outcomes(7);
    assert.deepEqual(await outcomes(7), first);
    assert.notDeepEqual(await outcomes(8), first);
    assert.ok(first.length > 35 && first.length < 90, String(first.length));
  });

  it('has no more requests under way than allowed', async () => {
    let now = 0;
    let most = 0;
    const slow = await startLoopbackServer((_request, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end();
      }, 5);
    });
    start({ url: slow.url }, { concurrency: 3 });
    for (let i = 0; i < 20; i++) delivery.deliver(entry(`e${i}`));
    await delivery.idle();
    await slow.stop();
    assert.equal(most, 3);
    assert.equal(requestLog.rows.length, 20);
  });

  it('delivers again to a real function that died between delivery and acknowledgement', async () => {
    const sourceFile = fileURLToPath(import.meta.resolve('../fixtures/functions/echo.ts'));
    const options = { target: 'echo', sourceFile, signatureType: 'http' } as const;
    const calls: unknown[] = [];
    let running: RunningFunction = await startFunction({ ...options, onLog: ({ path }) => calls.push(path) });
    let path = '/die';
    start({ url: () => `${running.url}${path}` }, { retry: { timeScale: 0.01 } }).deliver(entry('e1'));
    await running.exited;
    path = '/hello';
    running = await startFunction({ ...options, port: running.port, onLog: (line) => calls.push(line['path']) });
    await delivery.idle();
    await running.stop();
    assert.deepEqual(calls, ['/die', '/hello']);
    assert.equal(rows()[0]?.[2], 0);
    assert.equal(rows().at(-1)?.[3], 'acknowledged');
  });
});
