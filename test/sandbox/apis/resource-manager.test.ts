import assert from 'node:assert/strict';
import { ProjectsClient } from '@google-cloud/resource-manager';
import { cloudresourcemanager_v1 } from 'googleapis/build/src/apis/cloudresourcemanager/v1.js';
import { cloudresourcemanager_v3 } from 'googleapis/build/src/apis/cloudresourcemanager/v3.js';
import { authOf, type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

describe('sandbox/apis/resource-manager', () => {
  let running: RunningSandbox;
  let v1: cloudresourcemanager_v1.Cloudresourcemanager;
  let v3: cloudresourcemanager_v3.Cloudresourcemanager;
  let gapic: ProjectsClient;

  before(async () => {
    running = await startArticleSandbox();
    v1 = new cloudresourcemanager_v1.Cloudresourcemanager(running.client());
    v3 = new cloudresourcemanager_v3.Cloudresourcemanager(running.client());
    gapic = new ProjectsClient({
      fallback: true,
      protocol: 'http',
      apiEndpoint: '127.0.0.1',
      port: running.sandbox.port,
      authClient: authOf('admin@example.com') as never,
    });
  });
  after(async () => {
    await gapic.close();
    await running.sandbox.stop();
  });

  it('answers the generated client with the project, by id and by number', async () => {
    const { projectId, projectNumber } = running.estate;
    for (const name of [`projects/${projectId}`, `projects/${projectNumber}`]) {
      const [project] = await gapic.getProject({ name });
      assert.equal(project.name, `projects/${projectNumber}`);
      assert.equal(project.projectId, projectId);
      assert.equal(project.parent, running.estate.ancestors[0]);
      assert.equal(project.state, 'ACTIVE');
    }
    const urls = running.sandbox.requestLog.rows.map(({ url }) => url ?? '');
    assert.ok(urls.some((url) => url.includes('enum-encoding=int')));
  });

  it('answers the generated client with the policy, its etag intact', async () => {
    const key = `projects/${running.estate.projectId}`;
    const [policy] = await gapic.getIamPolicy({ resource: key, options: { requestedPolicyVersion: 3 } });
    const stored = running.sandbox.cloud.policies.get(key);
    assert.equal(Buffer.from(policy.etag ?? '').toString('base64'), stored?.etag);
    assert.deepEqual(
      policy.bindings?.map(({ role, members, condition }) => ({ role, members, condition: condition?.expression })),
      stored?.bindings?.map(({ role, members, condition }) => ({
        role,
        members,
        condition: condition?.['expression'],
      })),
    );
  });

  it('names the ancestors of a project, nearest first', async () => {
    const { projectId, ancestors } = running.estate;
    const { data } = await v1.projects.getAncestry({ projectId, requestBody: {} });
    assert.deepEqual(
      data.ancestor?.map(({ resourceId }) => `${resourceId?.type}s/${resourceId?.id}`),
      [`projects/${projectId}`, ...ancestors],
    );
  });

  it('reads folders, organisations and their policies', async () => {
    const [folder = '', organization = ''] = running.estate.ancestors;
    assert.equal((await v3.folders.get({ name: folder })).data.parent, organization);
    assert.equal((await v3.organizations.get({ name: organization })).data.displayName, 'example.com');
    for (const policy of [
      await v3.folders.getIamPolicy({ resource: folder, requestBody: {} }),
      await v3.organizations.getIamPolicy({ resource: organization, requestBody: {} }),
      await v1.organizations.getIamPolicy({ resource: organization, requestBody: {} }),
    ])
      assert.equal(policy.data.bindings?.[0]?.role, 'roles/owner');
  });

  it('shows each caller only the projects that it may get', async () => {
    const mine = await v3.projects.search({ query: 'state:ACTIVE' });
    assert.deepEqual(
      mine.data.projects?.map(({ projectId }) => projectId),
      [running.estate.projectId],
    );
    const stranger = running.client('stranger@example.com');
    const v3Stranger = new cloudresourcemanager_v3.Cloudresourcemanager(stranger);
    assert.deepEqual((await v3Stranger.projects.search({})).data, {});
    assert.deepEqual((await new cloudresourcemanager_v1.Cloudresourcemanager(stranger).projects.list()).data, {});
  });

  it('says 403 of a project that does not exist, as of one that is not yours', async () => {
    for (const name of ['projects/absent', `projects/${running.estate.projectId}`]) {
      const stranger = new cloudresourcemanager_v3.Cloudresourcemanager(running.client('stranger@example.com'));
      const { status, error } = await refusalOf(stranger.projects.get({ name }));
      assert.equal(status, 403);
      assert.equal(error['status'], 'PERMISSION_DENIED');
    }
  });

  it('audits a new project policy by the bare method name, with what came and went', async () => {
    const resource = running.estate.projectId;
    const { data: policy } = await v1.projects.getIamPolicy({
      resource,
      requestBody: { options: { requestedPolicyVersion: 3 } },
    });
    const [owner, ...others] = policy.bindings ?? [];
    const bindings = [owner ?? {}, ...others.slice(1), { role: 'roles/viewer', members: ['user:new@example.com'] }];
    await v1.projects.setIamPolicy({ resource, requestBody: { policy: { ...policy, bindings } } });

    const entry = running.sandbox.cloud.logEntries.at(-1);
    assert.equal(entry?.protoPayload.methodName, 'SetIamPolicy');
    assert.equal(entry?.protoPayload.resourceName, `projects/${resource}`);
    assert.deepEqual(entry?.protoPayload['serviceData'], {
      '@type': 'type.googleapis.com/google.iam.v1.logging.AuditData',
      policyDelta: {
        bindingDeltas: [
          { action: 'ADD', role: 'roles/viewer', member: 'user:new@example.com' },
          { action: 'REMOVE', role: others[0]?.role, member: others[0]?.members?.[0] },
        ],
      },
    });
  });

  it('keeps to the Discovery documents throughout', function () {
    if (!running.sandbox.discovery.available) this.skip();
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });
});
