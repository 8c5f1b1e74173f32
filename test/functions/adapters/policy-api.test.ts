import assert from 'node:assert/strict';
import { createPolicyApi } from '../../../functions/adapters/policy-api.ts';
import { buildServiceName } from '../../../functions/core/estate/resource-name.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

const conditional = {
  role: 'roles/run.invoker',
  members: ['user:ann@example.com'],
  condition: { title: 'path', expression: 'request.path.startsWith("/a")' },
};

describe('policies over the wire', () => {
  let google: SandboxGoogle;
  let resource: string;
  let key: string;

  beforeEach(async () => {
    google = await startSandboxGoogle();
    const { projectId: project, regions, service: id } = google.estate;
    resource = buildServiceName({ project, region: regions[0], id });
    key = resource.slice('//run.googleapis.com/'.length);
    google.sandbox.cloud.policies.set(key, { version: 3, etag: 'BwYAAAAAAAE=', bindings: [conditional] });
  });
  afterEach(() => google.stop());

  it('are read as version 3, with their conditions', async () => {
    const policy = await createPolicyApi(google.clients).get(resource);
    assert.deepEqual([policy.version, policy.bindings], [3, [conditional]]);
  });

  it('are written with the etag they were read with: somebody in between is noticed', async () => {
    const api = createPolicyApi(google.clients);
    const policy = await api.get(resource);
    google.sandbox.cloud.policies.set(key, { version: 3, etag: 'BwYAAAAAAAI=', bindings: [conditional] });
    await assert.rejects(api.set(resource, policy), /concurrent policy changes/);
  });

  it('come back as Google kept them, with a new etag', async () => {
    const api = createPolicyApi(google.clients);
    const policy = await api.get(resource);
    const kept = await api.set(resource, policy);
    assert.deepEqual(kept.bindings, [conditional]);
    assert.notEqual(kept.etag, policy.etag);
  });
});
