import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApprovalWorkflow } from '../../../functions/adapters/approval-workflow.ts';
import type { Approval } from '../../../functions/core/people.ts';
import { AppError } from '../../../functions/errors.ts';

const workflow = 'projects/ops-prod/locations/us-central1/workflows/approval';
const now = 1_800_000_000_000;
const approval: Approval = {
  id: 'abc-1',
  project: 'acme-prod',
  planHash: 'abc',
  changes: [],
  askedAt: now,
  expiresAt: now + 86_400_000,
  state: 'waiting',
};
const failsAs = (error: unknown) => error instanceof AppError && error.code === 'approval-workflow-failed';

describe('the approval workflow', () => {
  let server: Server;
  let root: string;
  let status = 200;
  const requests: { method: string; url: string; token: string; body: unknown }[] = [];

  beforeEach(async () => {
    status = 200;
    requests.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        requests.push({ method, url, token: headers.authorization ?? '', body });
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const build = (options: { workflow?: string } = { workflow }) =>
    createApprovalWorkflow({ ...options, apiRoot: root, token: async () => 'secret' });
  const callback = '/v1/projects/123/locations/us-central1/workflows/approval/executions/e1/callbacks/c1';

  it('starts an execution that knows project, question and how long to wait', async () => {
    await build().start?.(approval, now);
    const argument = JSON.stringify({ project: 'acme-prod', approvalId: 'abc-1', expiresInSeconds: 86_400 });
    assert.deepEqual(requests, [
      { method: 'POST', url: `/v1/${workflow}/executions`, token: 'Bearer secret', body: { argument } },
    ]);
  });

  it('starts nothing where none is deployed', () => assert.equal(build({}).start, undefined));

  it('calls back where the execution waits, logged in', async () => {
    await build().callBack(approval, root + callback);
    assert.deepEqual(requests, [
      { method: 'POST', url: callback, token: 'Bearer secret', body: { approvalId: 'abc-1' } },
    ]);
  });

  it('says so when Workflows refuses', async () => {
    status = 403;
    await assert.rejects(async () => build().start?.(approval, now), failsAs);
    await assert.rejects(build().callBack(approval, root + callback), failsAs);
  });

  const planted: readonly (readonly [string, (root: string) => string])[] = [
    ['another host', () => `https://evil.example${callback}`],
    ['a host that begins like it', (own) => `${own}.evil.example${callback}`],
    ['another port of this machine', () => `http://127.0.0.1:1${callback}`],
    ['a login before the host', (own) => own.replace('//', '//workflowexecutions.googleapis.com@') + callback],
    ['the start of another execution', (own) => `${own}/v1/${workflow}/executions`],
    ['the end of an execution', (own) => `${own}/v1/${workflow}/executions/e1:cancel`],
    ['another workflow', (own) => own + callback.replace('approval', 'sweep')],
    ['a way up', (own) => `${own + callback}/../../../../x/executions`],
    ['no URL', () => 'callback'],
    ['nothing', () => ''],
  ];
  for (const [title, url] of planted) {
    it(`sends no token to ${title}`, async () => {
      assert.equal(build().isCallback(url(root)), false);
      await assert.rejects(build().callBack(approval, url(root)), failsAs);
      assert.deepEqual(requests, []);
    });
  }

  it('takes a workflow of the same name in another project for none of ours', async () => {
    const ours = (own: { id: string | undefined; number: string | undefined }, name = workflow) =>
      createApprovalWorkflow({ workflow: name, ownProject: own, apiRoot: root, token: async () => 'secret' });
    const here = { id: 'ops-prod', number: '123' };
    const at = (project: string) => root + callback.replace('/123/', `/${project}/`);
    for (const project of ['123', 'ops-prod']) assert.ok(ours(here).isCallback(at(project)), project);
    for (const project of ['999', 'evil-prod']) assert.equal(ours(here).isCallback(at(project)), false, project);
    await assert.rejects(ours(here).callBack(approval, at('999')), failsAs);
    assert.deepEqual(requests, []);
    // Where one of the two names is not known, a number may be ours; another id never is.
    for (const own of [
      { id: 'ops-prod', number: undefined },
      { id: 'functions-prod', number: '7' },
    ]) {
      assert.ok(ours(own).isCallback(at('123')));
      assert.equal(ours(own).isCallback(at('evil-prod')), false);
    }
    const byNumber = workflow.replace('ops-prod', '123');
    assert.ok(ours(here, byNumber).isCallback(at('ops-prod')));
    assert.equal(ours(here, byNumber).isCallback(at('999')), false);
  });

  it('knows Google’s own address, and only that one', () => {
    const google = createApprovalWorkflow({
      workflow,
      apiRoot: 'https://workflowexecutions.googleapis.com',
      token: async () => 'secret',
    });
    assert.ok(google.isCallback(`https://workflowexecutions.googleapis.com${callback}`));
    for (const host of ['http://workflowexecutions.googleapis.com', 'https://run.googleapis.com', root])
      assert.equal(google.isCallback(host + callback), false, host);
  });
});
