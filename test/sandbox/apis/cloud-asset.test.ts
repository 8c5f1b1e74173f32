import assert from 'node:assert/strict';
import { cloudasset_v1 } from 'googleapis/build/src/apis/cloudasset/v1.js';
import { iam_v1 } from 'googleapis/build/src/apis/iam/v1.js';
import { type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

describe('sandbox/apis/cloud-asset and iam-roles', () => {
  let running: RunningSandbox;

  before(async () => {
    running = await startArticleSandbox();
  });
  after(() => running.sandbox.stop());

  it('finds services, backends and NEGs of an organisation, by type and page by page', async () => {
    const client = new cloudasset_v1.Cloudasset(running.client());
    const { ancestors, projectNumber } = running.estate;
    const scope = ancestors.at(-1) ?? '';
    const services = await client.v1.searchAllResources({ scope, assetTypes: ['run.googleapis.com/Service'] });
    assert.equal(services.data.results?.length, 2);
    assert.equal(services.data.results?.[0]?.project, `projects/${projectNumber}`);
    const compute = { scope, assetTypes: ['compute.googleapis.com.*'], pageSize: 2 };
    const first = await client.v1.searchAllResources(compute);
    const second = await client.v1.searchAllResources({ ...compute, pageToken: first.data.nextPageToken ?? '' });
    const found = [...(first.data.results ?? []), ...(second.data.results ?? [])].map(({ assetType }) => assetType);
    assert.deepEqual(found, [
      'compute.googleapis.com/BackendService',
      'compute.googleapis.com/NetworkEndpointGroup',
      'compute.googleapis.com/NetworkEndpointGroup',
    ]);
    assert.deepEqual(await client.v1.searchAllResources({ scope: 'projects/absent' }).catch(() => null), null);
  });

  it('shows the permissions of predefined and custom roles', async () => {
    const client = new iam_v1.Iam(running.client());
    const parent = `projects/${running.estate.projectId}`;
    const invoker = await client.roles.get({ name: 'roles/run.invoker' });
    assert.ok(invoker.data.includedPermissions?.includes('run.routes.invoke'));
    const { data } = await client.projects.roles.list({ parent, view: 'FULL' });
    const names = data.roles?.map(({ name }) => name);
    for (const id of ['sallyportReadEstate', 'sallyportGrantInvoker'])
      assert.ok(names?.includes(`${parent}/roles/${id}`));
    const one = await client.projects.roles.get({ name: `${parent}/roles/sallyportGrantInvoker` });
    assert.ok(one.data.includedPermissions?.includes('run.services.setIamPolicy'));
    assert.equal((await refusalOf(client.projects.roles.get({ name: `${parent}/roles/absent` }))).status, 404);
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });
});
