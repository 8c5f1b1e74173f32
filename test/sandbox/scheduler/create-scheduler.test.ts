import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { cloudscheduler, type cloudscheduler_v1 } from 'googleapis/build/src/apis/cloudscheduler/index.js';
import { createIdTokens, type IdTokens } from '../../../sandbox/id-token.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../sandbox/loopback-server.ts';
import { createScheduler, type Scheduler } from '../../../sandbox/scheduler/create-scheduler.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { createWorkflowRunner } from '../../../sandbox/workflows/create-workflow-runner.ts';
import { deployWorkflow } from '../../../sandbox/workflows/deploy-workflow.ts';
import { authOf, refusalOf } from '../apis/running-sandbox.ts';

const parent = 'projects/p1/locations/europe-west1';
const account = 'scheduler@p1.iam.gserviceaccount.com';

describe('Cloud Scheduler', () => {
  let now: Date;
  let idTokens: IdTokens;
  let sandbox: Sandbox;
  let scheduler: Scheduler;
  let worker: LoopbackServer;
  let seen: { method: string; headers: IncomingHttpHeaders; body: string }[];
  let answers: number[];
  let jobs: cloudscheduler_v1.Resource$Projects$Locations$Jobs;

  before(async () => {
    idTokens = await createIdTokens();
  });
  beforeEach(async () => {
    now = new Date('2026-11-23T10:30:00Z');
    seen = [];
    answers = [];
    sandbox = await startSandbox({ now: () => now });
    sandbox.cloud.projects.set('p1', {
      projectId: 'p1',
      projectNumber: '111',
      displayName: 'p1',
      createTime: '2026-01-01T00:00:00Z',
    });
    sandbox.cloud.policies.set('projects/p1', {
      etag: 'AAAA',
      bindings: [{ role: 'roles/owner', members: ['user:admin@example.com'] }],
    });
    scheduler = createScheduler({
      cloud: sandbox.cloud,
      idTokens,
      requestLog: sandbox.requestLog,
      rootUrl: sandbox.url,
      timeScale: 0.001,
    });
    worker = await startLoopbackServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ method: request.method ?? '', headers: request.headers, body });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    const auth = authOf('admin@example.com') as never;
    jobs = cloudscheduler({ version: 'v1', rootUrl: `${sandbox.url}/`, auth, retry: false }).projects.locations.jobs;
  });
  afterEach(async () => {
    await scheduler.stop();
    await worker.stop();
    await sandbox.stop();
    assert.deepEqual(sandbox.discovery.summary().problems, []);
  });

  const create = (id: string, more: cloudscheduler_v1.Schema$Job = {}) =>
    jobs.create({
      parent,
      requestBody: {
        name: `${parent}/jobs/${id}`,
        schedule: '0 * * * *',
        httpTarget: {
          uri: `${worker.url}/sweep`,
          httpMethod: 'POST',
          body: Buffer.from('{"step":"plan"}').toString('base64'),
        },
        ...more,
      },
    });
  const get = async (id: string) => (await jobs.get({ name: `${parent}/jobs/${id}` })).data;
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('fires a job at its time, with its headers and an OIDC token, once where several times were missed', async () => {
    const oidcToken = { serviceAccountEmail: account, audience: 'https://sweep.example' };
    const httpTarget = {
      uri: `${worker.url}/sweep`,
      headers: { 'Content-Type': 'application/json' },
      body: 'e30=',
      oidcToken,
    };
    assert.equal((await create('sweep', { httpTarget })).data.scheduleTime, '2026-11-23T11:00:00.000Z');
    now = new Date('2026-11-23T10:59:59Z');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(seen.length, 0);
    now = new Date('2026-11-23T13:20:00Z');
    await until(() => seen.length > 0);
    await scheduler.idle();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(seen.length, 1);
    const { method, headers, body } = seen[0] ?? assert.fail();
    assert.deepEqual(
      [method, body, headers['user-agent'], headers['content-type']],
      ['POST', '{}', 'Google-Cloud-Scheduler', 'application/json'],
    );
    assert.deepEqual([headers['x-cloudscheduler'], headers['x-cloudscheduler-jobname']], ['true', 'sweep']);
    assert.equal(headers['x-cloudscheduler-scheduletime'], '2026-11-23T11:00:00.000Z');
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    assert.deepEqual(await idTokens.verify(token, ['https://sweep.example']), { ok: true, email: account });
    const { lastAttemptTime, scheduleTime, status } = await get('sweep');
    assert.deepEqual(
      [lastAttemptTime, scheduleTime, status],
      ['2026-11-23T13:20:00.000Z', '2026-11-23T14:00:00.000Z', {}],
    );
  });

  it('run fires at once, a paused job too; a failure is told and waits for the next time', async () => {
    await create('job');
    await jobs.pause({ name: `${parent}/jobs/job` });
    answers = [503];
    await jobs.run({ name: `${parent}/jobs/job` });
    await scheduler.idle();
    assert.equal(seen.length, 1);
    const { state, status, scheduleTime } = await get('job');
    assert.deepEqual([state, status?.code, scheduleTime], ['PAUSED', 14, undefined]);
    now = new Date('2026-11-23T12:00:00Z');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(seen.length, 1, 'paused');
    assert.equal((await jobs.resume({ name: `${parent}/jobs/job` })).data.scheduleTime, '2026-11-23T13:00:00.000Z');
    assert.equal((await refusalOf(jobs.resume({ name: `${parent}/jobs/job` }))).status, 400);
  });

  it('retries as retryConfig says', async () => {
    await create('job', { retryConfig: { retryCount: 2, minBackoffDuration: '10s' } });
    answers = [500, 500, 500, 500];
    await jobs.run({ name: `${parent}/jobs/job` });
    await scheduler.idle();
    assert.deepEqual(
      sandbox.requestLog.rows.filter(({ kind }) => kind === 'schedule').map(({ attempt, status }) => [attempt, status]),
      [
        [1, 500],
        [2, 500],
        [3, 500],
      ],
    );
    answers = [500, 200];
    await jobs.run({ name: `${parent}/jobs/job` });
    await scheduler.idle();
    assert.deepEqual((await get('job')).status, {});
  });

  it('starts a workflow with an OAuth token, when its account may', async () => {
    const source = 'main: { params: [a], steps: [{ o: { return: "\x24{a.why}" } }] }';
    await deployWorkflow(sandbox.cloud, { name: `${parent}/workflows/sweep`, source });
    const runner = createWorkflowRunner({
      cloud: sandbox.cloud,
      idTokens,
      requestLog: sandbox.requestLog,
      rootUrl: sandbox.url,
    });
    await create('sweep', {
      httpTarget: {
        uri: `https://workflowexecutions.googleapis.com/v1/${parent}/workflows/sweep/executions`,
        body: Buffer.from(JSON.stringify({ argument: '{"why":"schedule"}' })).toString('base64'),
        oauthToken: { serviceAccountEmail: account },
      },
    });
    await jobs.run({ name: `${parent}/jobs/sweep` });
    await scheduler.idle();
    assert.equal((await get('sweep')).status?.code, 7, 'without the role');
    sandbox.cloud.policies
      .get('projects/p1')
      ?.bindings?.push({ role: 'roles/workflows.invoker', members: [`serviceAccount:${account}`] });
    await jobs.run({ name: `${parent}/jobs/sweep` });
    await scheduler.idle();
    await runner.idle();
    assert.deepEqual((await get('sweep')).status, {});
    assert.deepEqual(
      [...sandbox.cloud.workflows.executions.values()].map(({ result }) => result),
      ['"schedule"'],
    );
    await runner.stop();
    const call = sandbox.requestLog.rows.find(({ method }) => method?.endsWith('executions.create'));
    assert.equal(call?.caller, account);
  });

  it('lists, changes and deletes; a change keeps what it does not name', async () => {
    await create('a');
    await create('b');
    assert.equal((await refusalOf(create('a'))).status, 409);
    const { data } = await jobs.patch({
      name: `${parent}/jobs/a`,
      updateMask: 'schedule,timeZone',
      requestBody: { schedule: '0 6 * * *', timeZone: 'Europe/Zurich' },
    });
    assert.deepEqual([data.scheduleTime, data.httpTarget?.uri], ['2026-11-24T05:00:00.000Z', `${worker.url}/sweep`]);
    const { data: first } = await jobs.list({ parent, pageSize: 1 });
    const { data: second } = await jobs.list({ parent, pageToken: first.nextPageToken ?? '' });
    assert.deepEqual(
      [...(first.jobs ?? []), ...(second.jobs ?? [])].map(({ name }) => name),
      [`${parent}/jobs/a`, `${parent}/jobs/b`],
    );
    await jobs.delete({ name: `${parent}/jobs/a` });
    assert.equal((await refusalOf(jobs.get({ name: `${parent}/jobs/a` }))).status, 404);
  });

  it('sends nothing to another machine', async () => {
    await create('out', { httpTarget: { uri: 'https://example.com/' } });
    await jobs.run({ name: `${parent}/jobs/out` });
    await scheduler.idle();
    assert.match((await get('out')).status?.message ?? '', /is not on this machine/);
  });

  it('stop ends an attempt under way, and no timer stays', async () => {
    const slow = await startLoopbackServer(() => undefined);
    await create('slow', { httpTarget: { uri: slow.url } });
    await jobs.run({ name: `${parent}/jobs/slow` });
    assert.equal(scheduler.pending(), 1);
    await scheduler.stop();
    assert.equal(scheduler.pending(), 0);
    await slow.stop();
  });

  const bad: readonly (readonly [title: string, job: cloudscheduler_v1.Schema$Job])[] = [
    ['an English schedule', { schedule: 'every 5 minutes' }],
    ['an unknown time zone', { timeZone: 'Mars/Base' }],
    ['a body with GET', { httpTarget: { uri: 'http://127.0.0.1:1/', httpMethod: 'GET', body: 'e30=' } }],
    ['a URI without scheme', { httpTarget: { uri: 'worker/run' } }],
    [
      'two tokens',
      {
        httpTarget: {
          uri: 'http://127.0.0.1:1/',
          oidcToken: { serviceAccountEmail: account },
          oauthToken: { serviceAccountEmail: account },
        },
      },
    ],
    ['a deadline of 5 s', { attemptDeadline: '5s' }],
    ['six retries', { retryConfig: { retryCount: 6 } }],
    ['a name of another place', { name: 'projects/p1/locations/us-east1/jobs/x' }],
    ['a field nobody knows', Object({ cron: '0 * * * *' })],
  ];
  for (const [title, job] of bad)
    it(`refuses ${title}`, async () => assert.equal((await refusalOf(create('bad', job))).status, 400));
});
