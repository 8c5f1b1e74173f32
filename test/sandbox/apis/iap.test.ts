import assert from 'node:assert/strict';
import { iap_v1 } from 'googleapis/build/src/apis/iap/v1.js';
import { type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

describe('sandbox/apis/iap', () => {
  let running: RunningSandbox;
  let iap: iap_v1.Iap;
  let root: string;

  before(async () => {
    running = await startArticleSandbox();
    iap = new iap_v1.Iap(running.client());
    root = `projects/${running.estate.projectNumber}/iap_web`;
  });
  after(() => running.sandbox.stop());

  const accessor = (member: string) => ({
    policy: { bindings: [{ role: 'roles/iap.httpsResourceAccessor', members: [member] }] },
  });

  it('has one policy for a backend, whether it is named by name or by numeric id', async () => {
    const { backend, backendId, projectId } = running.estate;
    await iap.v1.setIamPolicy({
      resource: `projects/${projectId}/iap_web/compute/services/${backend}`,
      requestBody: accessor('user:a@example.com'),
    });
    const { data } = await iap.v1.getIamPolicy({
      resource: `${root}/compute/services/${backendId}`,
      requestBody: { options: { requestedPolicyVersion: 3 } },
    });
    assert.deepEqual(data.bindings?.[0]?.members, ['user:a@example.com']);
  });

  it('audits a policy by project number and numeric id, without saying which backend in the labels', () => {
    const { backendId, projectId } = running.estate;
    const entry = running.sandbox.cloud.logEntries.at(-1);
    assert.equal(entry?.protoPayload.resourceName, `${root}/compute/services/${backendId}`);
    assert.equal(entry?.protoPayload.methodName, 'google.cloud.iap.v1.IdentityAwareProxyAdminService.SetIamPolicy');
    assert.equal(entry?.logName, `projects/${projectId}/logs/cloudaudit.googleapis.com%2Factivity`);
    assert.deepEqual(entry?.resource, {
      type: 'gce_backend_service',
      labels: { backend_service_id: '', location: '', project_id: projectId },
    });
  });

  it('keeps policies of every level apart', async () => {
    const { regions, service } = running.estate;
    const names = [
      root,
      `${root}/compute`,
      `${root}/compute-${regions[0]}`,
      `${root}/cloud_run-${regions[0]}/services/${service}`,
    ];
    for (const [index, resource] of names.entries())
      await iap.v1.setIamPolicy({ resource, requestBody: accessor(`user:u${index}@example.com`) });
    for (const [index, resource] of names.entries()) {
      const { data } = await iap.v1.getIamPolicy({ resource, requestBody: {} });
      assert.deepEqual(data.bindings?.[0]?.members, [`user:u${index}@example.com`]);
    }
  });

  it('says 404 of a backend or service that is not there, and 400 of a kind that IAP does not know', async () => {
    const { regions } = running.estate;
    const statusOf = async (resource: string) =>
      (await refusalOf(iap.v1.getIamPolicy({ resource, requestBody: {} }))).status;
    assert.equal(await statusOf(`${root}/compute/services/absent`), 404);
    assert.equal(await statusOf(`${root}/cloud_run-${regions[0]}/services/absent`), 404);
    assert.equal(await statusOf(`${root}/cloud-run-${regions[0]}/services/${running.estate.service}`), 400);
  });

  it('refuses a policy to a caller who may not set it, and leaves an entry of the attempt', async () => {
    const stranger = new iap_v1.Iap(running.client('stranger@example.com'));
    const resource = running.estate.iapResource;
    const { status } = await refusalOf(
      stranger.v1.setIamPolicy({ resource, requestBody: accessor('user:stranger@example.com') }),
    );
    assert.equal(status, 403);
    const entry = running.sandbox.cloud.logEntries.at(-1);
    assert.equal(entry?.['severity'], 'ERROR');
    assert.equal(entry?.protoPayload.resourceName, resource);
    assert.doesNotMatch(JSON.stringify(running.sandbox.cloud.policies.get(resource)), /stranger/);
  });

  it('tells which permissions the caller has', async () => {
    const permissions = ['iap.webServices.getIamPolicy', 'iap.webServiceVersions.accessViaIAP'];
    const resource = running.estate.iapResource;
    const { data } = await iap.v1.testIamPermissions({ resource, requestBody: { permissions } });
    assert.deepEqual(data.permissions, ['iap.webServices.getIamPolicy']);
  });

  it('changes only the settings of the mask and hides the OAuth secret', async () => {
    const name = `${root}/compute/services/${running.estate.backend}`;
    const oauthSettings = { clientId: 'c', clientSecret: 'swordfish', loginHint: 'example.com' };
    await iap.v1.updateIapSettings({ name, requestBody: { accessSettings: { oauthSettings } } });
    await iap.v1.updateIapSettings({
      name,
      updateMask: 'iapSettings.accessSettings.oauthSettings.programmaticClients',
      requestBody: { accessSettings: { oauthSettings: { programmaticClients: ['p'] } } },
    });
    const { data } = await iap.v1.getIapSettings({ name });
    assert.equal(data.name, running.estate.iapResource);
    assert.deepEqual(data.accessSettings?.oauthSettings, {
      clientId: 'c',
      loginHint: 'example.com',
      clientSecretSha256: 'b9f195c5cc7ef6afadbfbc42892ad47d3b24c6bc94bb510c4564a90a14e8b799',
      programmaticClients: ['p'],
    });
  });

  it('keeps to the Discovery document throughout', function () {
    if (!running.sandbox.discovery.available) this.skip();
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });
});
