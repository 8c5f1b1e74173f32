import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { createIdTokens, type IdTokens } from '../../sandbox/id-token.ts';
import { type LoopbackServer, startLoopbackServer } from '../../sandbox/loopback-server.ts';
import { openRequestLog, type RequestLog } from '../../sandbox/request-log.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { createTaskDispatcher, retryDelay, type TaskDispatcher } from '../../sandbox/task-dispatcher.ts';
import { buildQueue } from '../../sandbox/task-store.ts';

const queue = 'projects/p1/locations/us-central1/queues/reconcile';

describe('Cloud Tasks', () => {
  let idTokens: IdTokens;
  let sandbox: Sandbox;
  let dispatcher: TaskDispatcher;
  let requestLog: RequestLog;
  let worker: LoopbackServer;
  let seen: { at: number; headers: IncomingHttpHeaders; body: string }[];
  /** What the worker answers, in turn; 0 = breaks the connection; then 200. */
  let answers: number[];

  before(async () => {
    idTokens = await createIdTokens();
  });

  beforeEach(async () => {
    seen = [];
    answers = [];
    requestLog = openRequestLog();
    sandbox = await startSandbox();
    sandbox.cloud.projects.set('p1', {
      projectId: 'p1',
      projectNumber: '111',
      displayName: 'p1',
      createTime: '2026-01-01T00:00:00Z',
    });
    const owner = { role: 'roles/owner', members: ['user:admin@example.com'] };
    sandbox.cloud.policies.set('projects/p1', { etag: 'AAAA', bindings: [owner] });
    dispatcher = createTaskDispatcher({ tasks: sandbox.cloud.tasks, idTokens, requestLog, timeScale: 0.01 });
    worker = await startLoopbackServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ at: Date.now(), headers: request.headers, body });
        const status = answers.shift() ?? 200;
        if (status === 0) return request.socket.destroy();
        response.writeHead(status).end();
      });
    });
    assert.equal((await call('POST', '', { name: queue })).status, 200);
  });

  afterEach(async () => {
    await dispatcher.stop();
    await worker.stop();
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  async function call(verb: string, path: string, body?: unknown) {
    const response = await fetch(`${sandbox.url}/v2/projects/p1/locations/us-central1/queues${path}`, {
      method: verb,
      headers: { authorization: 'Bearer fake-token' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  const createTask = (task: object) => call('POST', '/reconcile/tasks', { task });
  const task = (id: string, more: object = {}) => ({
    name: `${queue}/tasks/${id}`,
    httpRequest: { url: `${worker.url}/run`, body: Buffer.from('{"project":"p1"}').toString('base64') },
    ...more,
  });

  it('sends a task with its headers, its body and an OIDC token for the worker', async () => {
    const oidcToken = { serviceAccountEmail: 'tasks@p1.iam.gserviceaccount.com' };
    const created = await createTask({
      name: `${queue}/tasks/first`,
      httpRequest: {
        url: `${worker.url}/run`,
        headers: { 'Content-Type': 'application/json' },
        body: 'e30=',
        oidcToken,
      },
    });
    assert.equal(created.status, 200);
    assert.equal(created.body.httpRequest.body, undefined, 'the BASIC view keeps the payload to itself');
    await dispatcher.idle();
    assert.equal(seen.length, 1);
    const { headers, body } = seen[0] ?? assert.fail();
    assert.equal(body, '{}');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['user-agent'], 'Google-Cloud-Tasks');
    assert.equal(headers['x-cloudtasks-queuename'], 'reconcile');
    assert.equal(headers['x-cloudtasks-taskname'], 'first');
    assert.equal(headers['x-cloudtasks-taskretrycount'], '0');
    assert.equal(headers['x-cloudtasks-taskexecutioncount'], '0');
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    assert.deepEqual(await idTokens.verify(token, [`${worker.url}/run`]), {
      ok: true,
      email: 'tasks@p1.iam.gserviceaccount.com',
    });
  });

  it('refuses a name that waits, has run or was deleted', async () => {
    const later = { scheduleTime: new Date(Date.now() + 60_000).toISOString() };
    assert.equal((await createTask(task('a'))).status, 200);
    await dispatcher.idle();
    assert.equal((await createTask(task('b', later))).status, 200);
    assert.equal((await createTask(task('c', later))).status, 200);
    assert.equal((await call('DELETE', '/reconcile/tasks/c')).status, 200);
    for (const id of ['a', 'b', 'c']) {
      const again = await createTask(task(id));
      assert.equal(again.status, 409, id);
      assert.equal(again.body.error.status, 'ALREADY_EXISTS');
    }
    assert.equal(seen.length, 1);
    assert.equal((await call('GET', '/reconcile/tasks/a')).status, 404);
    const { tasks } = (await call('GET', '/reconcile/tasks')).body;
    assert.deepEqual(
      tasks.map((each: { name: string }) => each.name),
      [`${queue}/tasks/b`],
    );
  });

  it('waits for the schedule time', async () => {
    const due = Date.now() + 300;
    await createTask(task('late', { scheduleTime: new Date(due).toISOString() }));
    assert.equal(dispatcher.pending(), 1);
    await dispatcher.idle();
    assert.ok((seen[0]?.at ?? 0) >= due - 5);
  });

  it('tries again after anything but 2xx and after a lost connection, and logs each attempt', async () => {
    answers = [500, 0, 302, 429];
    await createTask(task('stubborn'));
    await dispatcher.idle();
    const rows = requestLog.rows.map(({ kind, task: id, attempt, status }) => [kind, id, attempt, status]);
    assert.deepEqual(rows, [
      ['task', 'stubborn', 1, 500],
      ['task', 'stubborn', 2, 0],
      ['task', 'stubborn', 3, 302],
      ['task', 'stubborn', 4, 429],
      ['task', 'stubborn', 5, 200],
    ]);
    assert.deepEqual(
      seen.map(({ headers }) => [headers['x-cloudtasks-taskretrycount'], headers['x-cloudtasks-taskexecutioncount']]),
      [
        ['0', '0'],
        ['1', '1'],
        ['2', '1'],
        ['3', '2'],
        ['4', '3'],
      ],
    );
  });

  it('deletes a task whose attempts are used up, and keeps its name taken', async () => {
    const name = 'projects/p1/locations/us-central1/queues/short';
    sandbox.cloud.tasks.queues.set(
      name,
      buildQueue(name, { retryConfig: { ...buildQueue(name).retryConfig, maxAttempts: 3 } }),
    );
    answers = [500, 500, 500, 500];
    const doomed = { ...task('x'), name: `${name}/tasks/doomed` };
    assert.equal((await call('POST', '/short/tasks', { task: doomed })).status, 200);
    await dispatcher.idle();
    assert.equal(seen.length, 3);
    assert.equal((await call('GET', '/short/tasks/doomed')).status, 404);
    assert.equal((await call('POST', '/short/tasks', { task: doomed })).status, 409);
  });

  it('gives up an attempt at its dispatch deadline and tries again', async () => {
    const slow = await startLoopbackServer((_request, response) => {
      if (requestLog.rows.length > 0) response.writeHead(200).end();
    });
    sandbox.cloud.tasks.add({
      name: `${queue}/tasks/slow`,
      httpRequest: { url: slow.url, httpMethod: 'POST', headers: {} },
      scheduleTime: new Date().toISOString(),
      createTime: new Date().toISOString(),
      dispatchDeadline: '0.1s',
      dispatchCount: 0,
      responseCount: 0,
    });
    await dispatcher.idle();
    await slow.stop();
    assert.deepEqual(
      requestLog.rows.map(({ status, error }) => [status, error]),
      [
        [0, 'DEADLINE_EXCEEDED'],
        [200, undefined],
      ],
    );
  });

  it('sends nothing to another machine', async () => {
    const name = `${queue}/tasks/outside`;
    await call('POST', '/reconcile/tasks', {
      task: { name, httpRequest: { url: 'https://reconcile-abc.a.run.app/' } },
    });
    while (requestLog.rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await call('DELETE', '/reconcile/tasks/outside');
    assert.match(String(requestLog.rows[0]?.['error']), /is not on this machine/);
    await dispatcher.idle();
  });

  const refused: [string, object][] = [
    ['an id with a dot', { name: `${queue}/tasks/a.b`, httpRequest: { url: 'http://127.0.0.1:1/' } }],
    [
      'an id of 501 characters',
      { name: `${queue}/tasks/${'a'.repeat(501)}`, httpRequest: { url: 'http://127.0.0.1:1/' } },
    ],
    ['a name of another queue', { name: `${queue}x/tasks/a`, httpRequest: { url: 'http://127.0.0.1:1/' } }],
    ['a URL without scheme', { httpRequest: { url: 'worker/run' } }],
    ['a body with GET', { httpRequest: { url: 'http://127.0.0.1:1/', httpMethod: 'GET', body: 'e30=' } }],
    ['a deadline of 5 s', { httpRequest: { url: 'http://127.0.0.1:1/' }, dispatchDeadline: '5s' }],
    [
      '31 days ahead',
      { httpRequest: { url: 'http://127.0.0.1:1/' }, scheduleTime: new Date(Date.now() + 31 * 864e5).toISOString() },
    ],
  ];
  for (const [title, bad] of refused) {
    it(`refuses ${title}`, async () => {
      const answer = await createTask(bad);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.status, 'INVALID_ARGUMENT');
    });
  }

  it('answers 404 for a queue that was never created', async () => {
    assert.equal((await call('POST', '/nobody/tasks', { task: task('a') })).status, 404);
  });

  it('backs off as Google documents: doubled, then by the same step, up to the maximum', () => {
    const retry = { maxAttempts: -1, minBackoff: '10s', maxBackoff: '300s', maxDoublings: 3 };
    const seconds = [0, 1, 2, 3, 4, 5, 6, 7].map((retries) => retryDelay(retry, retries) / 1000);
    assert.deepEqual(seconds, [10, 20, 40, 80, 160, 240, 300, 300]);
  });
});
