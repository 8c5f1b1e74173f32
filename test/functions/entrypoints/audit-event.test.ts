import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asEventarc, asPubsubBody, auditEntry } from '../../support/audit-entry.ts';
import { type FakeGoogle, type Received, startFakeGoogle } from '../../support/fake-google.ts';

const root = join(import.meta.dirname, '../../..');
const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const queue = 'projects/ops-prod/locations/europe-west1/queues/reconcile';

describe('the audit-event function on the Functions Framework', function () {
  this.timeout(20_000);
  let google: FakeGoogle;
  let proxy: FakeGoogle;
  let folder: string;
  let child: ChildProcess;
  let url: string;
  let output = '';
  let answer: (request: Received) => { status: number; body?: unknown };

  before(async () => {
    google = await startFakeGoogle((request) => answer(request));
    proxy = await startFakeGoogle(() => ({ status: 502 }));
    folder = mkdtempSync(join(tmpdir(), 'sallyport-audit-event-'));
    const settings = join(folder, 'sallyport.yaml');
    writeFileSync(settings, 'scope:\n  include: [shop-*]\n');
    const key = join(folder, 'key.json');
    writeFileSync(key, JSON.stringify(fakeKey(proxy.url)));
    const port = await findFreePort();
    url = `http://127.0.0.1:${port}/`;
    const source = join(root, 'functions/main.ts');
    child = spawn(process.execPath, [framework, `--source=${source}`, '--target=audit-event', `--port=${port}`], {
      env: {
        PATH: process.env['PATH'],
        SALLYPORT_SANDBOX_URL: google.url,
        GCE_METADATA_HOST: google.host,
        SALLYPORT_SETTINGS: settings,
        SALLYPORT_QUEUE: queue,
        SALLYPORT_RECONCILE_URL: 'http://127.0.0.1:9/',
        SALLYPORT_TASKS_SERVICE_ACCOUNT: 'tasks@ops-prod.iam.gserviceaccount.com',
        SALLYPORT_DEAD_LETTER_TOPIC: 'projects/ops-prod/topics/dead',
        GOOGLE_CLOUD_PROJECT: 'ops-prod',
        GOOGLE_APPLICATION_CREDENTIALS: key,
        HTTP_PROXY: proxy.url,
        HTTPS_PROXY: proxy.url,
        http_proxy: proxy.url,
        https_proxy: proxy.url,
        ALL_PROXY: proxy.url,
        NODE_USE_ENV_PROXY: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', (text) => (output += text));
    child.stderr?.on('data', (text) => (output += text));
    await untilItListens(url, () => output);
  });

  after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    rmSync(folder, { recursive: true });
    await Promise.all([google.stop(), proxy.stop()]);
  });

  beforeEach(() => {
    google.received.length = 0;
    answer = ({ path }) => ({
      status: 200,
      body: path.endsWith('/token') ? { access_token: 'local', expires_in: 3600 } : {},
    });
  });

  const tasks = () => google.received.filter((request) => request.path === `/v2/${queue}/tasks`);
  const letters = () => google.received.filter((request) => request.path.endsWith(':publish'));

  async function deliver(entry: unknown, id = 'event-1'): Promise<number> {
    const { type, source, specversion } = asEventarc(entry);
    const headers = { 'ce-id': id, 'ce-type': type, 'ce-source': source, 'ce-specversion': specversion };
    return await post(entry, headers);
  }

  async function post(body: unknown, headers: Record<string, string> = {}): Promise<number> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    };
    return (await fetch(url, init)).status;
  }

  it('turns a delivered Eventarc event into a task', async () => {
    assert.equal(await deliver(auditEntry(), 'event-77'), 204);
    assert.equal(tasks().length, 1);
    const { task } = Object(tasks()[0]?.body);
    const body = JSON.parse(Buffer.from(task.httpRequest.body, 'base64').toString());
    assert.equal(body.eventId, 'event-77');
    assert.equal(body.project, 'shop-prod');
  });

  it("turns a log sink's message into a task, through Eventarc or pushed by the subscription itself", async () => {
    const headers = {
      'ce-id': 'm',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
      'ce-source': '//pubsub.googleapis.com/projects/ops-prod/topics/audit',
      'ce-specversion': '1.0',
    };
    assert.equal(await post(asPubsubBody(auditEntry()), headers), 204);
    assert.equal(await post(asPubsubBody(auditEntry())), 204);
    assert.equal(tasks().length, 2);
  });

  it('answers 2xx to what can never succeed, and puts it among the dead letters', async () => {
    for (const garbage of [{ insertId: 'x' }, [], {}, { protoPayload: 7 }]) assert.equal(await deliver(garbage), 204);
    assert.equal(await post({ hello: 'world' }), 204);
    assert.equal(letters().length, 5);
    assert.equal(tasks().length, 0);
  });

  it('answers 500 when the queue refuses, so that delivery repeats the event', async () => {
    const { received } = google;
    answer = ({ path }) => (path.endsWith('/tasks') ? { status: 403 } : { status: 200, body: {} });
    assert.equal(await deliver(auditEntry()), 500);
    answer = () => ({ status: 200, body: {} });
    assert.equal(await deliver(auditEntry()), 204);
    assert.ok(received.length >= 2);
  });

  it('a fake key file in the environment and a recording proxy see zero requests', async () => {
    assert.equal(await deliver(auditEntry()), 204);
    assert.equal(
      tasks()[0]?.headers['authorization'],
      'Bearer local',
      'the token is that of the local metadata server',
    );
    assert.deepEqual(proxy.received, []);
  });

  it('logs JSON lines with one decision an event', () => {
    const lines = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const decided = lines.filter((line) => line.message === 'event decided');
    assert.ok(decided.length >= 9, output);
    assert.ok(decided.every((line) => line.decision && line.severity));
    assert.ok(!output.includes('Bearer local'));
  });
});

/** A key whose token endpoint is the recording proxy: a client that reads it is seen at once. */
function fakeKey(url: string) {
  return {
    type: 'authorized_user',
    client_id: 'fake.apps.googleusercontent.com',
    client_secret: 'fake',
    refresh_token: 'fake',
    token_uri: `${url}/token`,
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilItListens(url: string, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(100);
  }
  throw new Error(`The function does not start:\n${output()}`);
}
