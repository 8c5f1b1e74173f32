import assert from 'node:assert/strict';
import { workflowexecutions, type workflowexecutions_v1 } from 'googleapis/build/src/apis/workflowexecutions/index.js';
import { workflows, type workflows_v1 } from 'googleapis/build/src/apis/workflows/index.js';
import { buildAccessToken } from '../../../sandbox/access-token.ts';
import { createIdTokens } from '../../../sandbox/id-token.ts';
import { createWorkflowRunner, type WorkflowRunner } from '../../../sandbox/workflows/create-workflow-runner.ts';
import { type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

const waiting = `
main:
  params: [args]
  steps:
    - listen: { call: events.create_callback_endpoint, args: { http_callback_method: POST }, result: callback }
    - wait:
        try: { call: events.await_callback, args: { callback: '\${callback}', timeout: 86400 }, result: answer }
        except: { as: e, steps: [{ late: { return: '\${e.tags[0]}' } }] }
    - out: { return: ['\${args}', '\${answer.http_request.body}', '\${answer.http_request.method}', '\${keys(answer)}'] }
`;

describe('Workflows and Workflow Executions', () => {
  let running: RunningSandbox;
  let runner: WorkflowRunner;
  let deployed: workflows_v1.Workflows;
  let executions: workflowexecutions_v1.Workflowexecutions;
  let parent: string;
  const invoker = 'caller@example.iam.gserviceaccount.com';

  beforeEach(async () => {
    running = await startArticleSandbox();
    const { sandbox, estate } = running;
    runner = createWorkflowRunner({
      cloud: sandbox.cloud,
      idTokens: await createIdTokens(),
      requestLog: sandbox.requestLog,
      rootUrl: sandbox.url,
      timeScale: 0.00001,
    });
    deployed = workflows({ version: 'v1', ...running.client() });
    executions = workflowexecutions({ version: 'v1', ...running.client() });
    parent = `projects/${estate.projectId}/locations/us-central1`;
  });
  afterEach(async () => {
    await runner.stop();
    await running.sandbox.stop();
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });

  const create = (workflowId: string, more: workflows_v1.Schema$Workflow = {}) =>
    deployed.projects.locations.workflows.create({
      parent,
      workflowId,
      requestBody: { sourceContents: '- a: { return: 1 }', ...more },
    });
  const bind = (role: string, email: string) =>
    running.sandbox.cloud.policies
      .get(`projects/${running.estate.projectId}`)
      ?.bindings?.push({ role, members: [`serviceAccount:${email}`] });
  const get = (name: string | null | undefined) =>
    executions.projects.locations.workflows.executions.get({ name: name ?? '' }).then(({ data }) => data);
  const callbackOf = async (name: string) => {
    for (;;) {
      const { data } = await executions.projects.locations.workflows.executions.callbacks.list({ parent: name });
      const [callback] = data.callbacks ?? [];
      if (callback?.waiters === '1') return callback;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const send = (url: string, { method = 'POST', email = 'admin@example.com', body = '{"approved":true}' } = {}) =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${buildAccessToken(email)}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body }),
    });

  it('creates, reads, lists, changes and deletes a workflow; the operations are done', async () => {
    const serviceAccount = `projects/-/serviceAccounts/${invoker}`;
    const { data: operation } = await create('sweep', {
      serviceAccount,
      userEnvVars: { COLOUR: 'red' },
      labels: { app: 'x' },
    });
    assert.equal(operation.done, true);
    const name = `${parent}/workflows/sweep`;
    const { data: made } = await deployed.projects.locations.workflows.get({ name });
    assert.deepEqual(
      [made.name, made.state, made.userEnvVars, made.labels, made.serviceAccount],
      [
        name,
        'ACTIVE',
        { COLOUR: 'red' },
        { app: 'x' },
        `projects/${running.estate.projectId}/serviceAccounts/${invoker}`,
      ],
    );
    assert.match(made.revisionId ?? '', /^000001-/);
    const { data: again } = await deployed.projects.locations.operations.get({ name: operation.name ?? '' });
    assert.equal(again.done, true);
    await deployed.projects.locations.workflows.patch({
      name,
      updateMask: 'userEnvVars,description',
      requestBody: { userEnvVars: { COLOUR: 'blue' }, description: 'new', labels: { ignored: 'yes' } },
    });
    const { data: changed } = await deployed.projects.locations.workflows.get({ name });
    assert.deepEqual(
      [changed.userEnvVars, changed.description, changed.labels, changed.revisionId?.slice(0, 6)],
      [{ COLOUR: 'blue' }, 'new', { app: 'x' }, '000002'],
    );
    const { data: list } = await deployed.projects.locations.workflows.list({ parent });
    assert.deepEqual(
      list.workflows?.map((workflow) => workflow.name),
      [name],
    );
    await deployed.projects.locations.workflows.delete({ name });
    assert.equal((await refusalOf(deployed.projects.locations.workflows.get({ name }))).status, 404);
  });

  it('refuses a source that cannot run, with the lines; a taken name; forbidden variables; fields nobody knows', async () => {
    const { status, error } = await refusalOf(create('bad', { sourceContents: '- a: { call: http.fetch }' }));
    assert.equal(status, 400);
    assert.match(
      String(error['message']),
      /^main\.yaml:1: parse error: in workflow 'main', step 'a': function 'http\.fetch' is not known/,
    );
    await create('once');
    assert.equal((await refusalOf(create('once'))).status, 409);
    assert.equal((await refusalOf(create('env', { userEnvVars: { GOOGLE_X: '1' } }))).status, 400);
    assert.equal((await refusalOf(create('1st'))).status, 400);
    assert.equal((await refusalOf(create('odd', Object({ steps: [] })))).status, 400);
  });

  it('starts an execution, which goes on while its starter is answered, and tells result and steps', async () => {
    await create('sum', { sourceContents: 'main: { params: [a], steps: [{ o: { return: "\x24{a.x + 1}" } }] }' });
    const { data: started } = await executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/sum`,
      requestBody: { argument: '{"x": 41}' },
    });
    assert.equal(started.state, 'ACTIVE');
    assert.match(started.name ?? '', new RegExp(`^projects/${running.estate.projectNumber}/`));
    await runner.idle();
    const done = await get(started.name);
    assert.deepEqual(
      [done.state, done.result, done.status?.currentSteps],
      ['SUCCEEDED', '42', [{ routine: 'main', step: 'o' }]],
    );
    const { data: list } = await executions.projects.locations.workflows.executions.list({
      parent: `${parent}/workflows/sum`,
    });
    assert.deepEqual(
      list.executions?.map(({ state, result }) => [state, result]),
      [['SUCCEEDED', undefined]],
    );
    const bad = executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/sum`,
      requestBody: { argument: '{' },
    });
    assert.equal((await refusalOf(bad)).status, 400);
  });

  it('tells of a failed execution what failed and where', async () => {
    await create('fail', { sourceContents: 'main:\n  steps:\n    - boom:\n        raise: { code: 7, message: no }' });
    const { data } = await executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/fail`,
    });
    await runner.idle();
    const { state, error } = await get(data.name);
    assert.equal(state, 'FAILED');
    assert.equal(error?.payload, '{"code":7,"message":"no"}');
    assert.deepEqual(error?.stackTrace?.elements, [{ routine: 'main', step: 'boom', position: { line: '3' } }]);
  });

  it('cancels an execution once', async () => {
    await create('wait', { sourceContents: '- a: { call: sys.sleep, args: { seconds: 30000000 } }' });
    const { data } = await executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/wait`,
    });
    const cancel = () => executions.projects.locations.workflows.executions.cancel({ name: data.name ?? '' });
    assert.equal((await cancel()).data.state, 'CANCELLED');
    await runner.idle();
    assert.equal((await get(data.name)).state, 'CANCELLED');
    assert.equal((await refusalOf(cancel())).status, 400);
  });

  async function startWaiting() {
    await create('approval', { sourceContents: waiting });
    const { data } = await executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/approval`,
      requestBody: { argument: '{"id": "a1"}' },
    });
    const callback = await callbackOf(data.name ?? '');
    const number = running.estate.projectNumber;
    return {
      name: data.name ?? '',
      url: `${running.sandbox.url}/v1/${(callback.name ?? '').replace(/^projects\/[^/]+/, `projects/${number}`)}`,
    };
  }

  it('a callback goes on with what was sent, for who may send, by the right method, once', async () => {
    const { name, url } = await startWaiting();
    assert.equal((await send(url, { email: invoker })).status, 403);
    assert.equal((await send(url, { method: 'PUT' })).status, 404);
    assert.equal((await send(url, { method: 'GET' })).status, 404);
    bind('roles/workflows.invoker', invoker);
    assert.equal((await send(url, { email: invoker })).status, 200);
    await runner.idle();
    assert.equal(
      (await get(name)).result,
      '[{"id":"a1"},{"approved":true},"POST",["http_request","received_time","type"]]',
    );
    assert.equal((await send(url)).status, 404, 'after the end');
  });

  it('a callback takes one call, although its execution goes on', async () => {
    await create('longer', {
      sourceContents: `
- listen: { call: events.create_callback_endpoint, args: { http_callback_method: POST }, result: c }
- wait: { call: events.await_callback, args: { callback: '\${c}' } }
- sleep: { call: sys.sleep, args: { seconds: 30000000 } }`,
    });
    const started = await executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/longer`,
    });
    await callbackOf(started.data.name ?? '');
    const [callback] = running.sandbox.cloud.workflows.callbacks.values();
    assert.equal((await send(callback?.url ?? '')).status, 200);
    assert.equal((await send(callback?.url ?? '')).status, 404);
    assert.equal((await get(started.data.name)).state, 'ACTIVE');
  });

  it('a callback that nobody sends is a TimeoutError after its time', async () => {
    const { name } = await startWaiting();
    await runner.idle();
    assert.equal((await get(name)).result, '"TimeoutError"');
  });

  it('a callback that comes before the wait is kept for it', async () => {
    await create('early', {
      sourceContents: `
- listen: { call: events.create_callback_endpoint, args: { http_callback_method: PUT }, result: c }
- sleep: { call: sys.sleep, args: { seconds: 5000 } }
- wait: { call: events.await_callback, args: { callback: '\${c}' }, result: a }
- out: { return: '\${a.http_request.body}' }`,
    });
    const { data } = await executions.projects.locations.workflows.executions.create({
      parent: `${parent}/workflows/early`,
    });
    const store = running.sandbox.cloud.workflows.callbacks;
    while (store.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const [callback] = store.values();
    assert.equal((await send(callback?.url ?? '', { method: 'PUT', body: '"early"' })).status, 200);
    await runner.idle();
    assert.equal((await get(data.name)).result, '"early"');
  });

  it('wants the permission of each call', async () => {
    await create('mine');
    const asInvoker = () => ({ version: 'v1' as const, ...running.client(invoker) });
    const start = () =>
      workflowexecutions(asInvoker()).projects.locations.workflows.executions.create({
        parent: `${parent}/workflows/mine`,
      });
    assert.equal((await refusalOf(start())).status, 403);
    bind('roles/workflows.invoker', invoker);
    assert.equal((await start()).data.state, 'ACTIVE');
    assert.equal(
      (await refusalOf(workflows(asInvoker()).projects.locations.workflows.get({ name: `${parent}/workflows/mine` })))
        .status,
      403,
    );
    await runner.idle();
  });
});
