import assert from 'node:assert/strict';
import { serviceusage_v1 } from 'googleapis/build/src/apis/serviceusage/v1.js';
import { serviceusage_v1beta1 } from 'googleapis/build/src/apis/serviceusage/v1beta1.js';
import { type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

describe('sandbox/apis/service-usage', () => {
  let running: RunningSandbox;

  before(async () => {
    running = await startArticleSandbox();
  });
  after(() => running.sandbox.stop());

  it('creates the IAP agent once: the same answer, and the same one account, the second time', async () => {
    const { projectNumber, iapAgent } = running.estate;
    const client = new serviceusage_v1beta1.Serviceusage(running.client());
    const parent = `projects/${projectNumber}/services/iap.googleapis.com`;
    const before = running.sandbox.cloud.serviceAccounts.size;
    const first = await client.services.generateServiceIdentity({ parent });
    const second = await client.services.generateServiceIdentity({ parent });
    assert.equal(first.data.done, true);
    assert.equal(`serviceAccount:${first.data.response?.['email']}`, iapAgent);
    assert.deepEqual(second.data, first.data);
    assert.equal(running.sandbox.cloud.serviceAccounts.size, before + 1);
  });

  it('refuses to create an agent for a caller without rights', async () => {
    const client = new serviceusage_v1beta1.Serviceusage(running.client('stranger@example.com'));
    const parent = `projects/${running.estate.projectId}/services/iap.googleapis.com`;
    assert.equal((await refusalOf(client.services.generateServiceIdentity({ parent }))).status, 403);
  });

  it('says of many APIs at once which are on, and keeps what is switched off', async () => {
    const client = new serviceusage_v1.Serviceusage(running.client());
    const parent = `projects/${running.estate.projectId}`;
    const names = ['run.googleapis.com', 'iap.googleapis.com'].map((one) => `${parent}/services/${one}`);
    const states = async () =>
      (await client.services.batchGet({ parent, names })).data.services?.map(({ state }) => state);
    const [name = ''] = names;
    await client.services.disable({ name, requestBody: {} });
    assert.deepEqual(await states(), ['DISABLED', 'ENABLED']);
    await client.services.enable({ name, requestBody: {} });
    assert.deepEqual(await states(), ['ENABLED', 'ENABLED']);
    const foreign = client.services.batchGet({ parent, names: ['projects/1/services/run.googleapis.com'] });
    assert.equal((await refusalOf(foreign)).status, 400);
    const many = Array.from({ length: 31 }, (_, index) => `${parent}/services/s${index}.googleapis.com`);
    assert.equal((await refusalOf(client.services.batchGet({ parent, names: many }))).status, 400);
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });

  it('has every API enabled', async () => {
    const client = new serviceusage_v1.Serviceusage(running.client());
    const name = `projects/${running.estate.projectId}/services/run.googleapis.com`;
    assert.equal((await client.services.get({ name })).data.state, 'ENABLED');
    assert.equal((await client.services.enable({ name, requestBody: {} })).data.done, true);
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });
});
