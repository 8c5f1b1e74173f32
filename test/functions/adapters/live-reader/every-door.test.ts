import assert from 'node:assert/strict';
import { createGoogleClients } from '../../../../functions/adapters/google-clients.ts';
import { createLiveReader } from '../../../../functions/adapters/live-reader/create-live-reader.ts';
import { parseSettings } from '../../../../functions/config.ts';
import type { ReadOptions } from '../../../../functions/core/world.ts';
import { type Sandbox, startSandbox } from '../../../../sandbox/start-sandbox.ts';
import { bind, buildTwoDoorEstate, clientId } from '../../../sandbox/front-door/two-door-estate.ts';
import { quickTiming } from '../../../support/sandbox-google.ts';

const api = '//run.googleapis.com/projects/p1/locations/europe-west1/services/api';
const backend = '//compute.googleapis.com/projects/p1/global/backendServices/shop-backend';
const programmatic = (client: string) => ({ accessSettings: { oauthSettings: { programmaticClients: [client] } } });

describe('reading every door', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox();
    const given = buildTwoDoorEstate('today');
    for (const part of ['projects', 'folders', 'runServices', 'compute', 'policies'] as const) {
      const map: Map<string, unknown> = sandbox.cloud[part];
      for (const [key, value] of given[part]) map.set(key, value);
    }
    for (const key of ['projects/p1', 'folders/8', 'organizations/9'])
      bind(sandbox.cloud, key, 'roles/owner', 'user:admin@example.com');
  });
  afterEach(() => sandbox.stop());

  function read(options: ReadOptions) {
    const clients = createGoogleClients({ SALLYPORT_SANDBOX_URL: sandbox.url }, async () => 'fake-token');
    const settings = parseSettings({});
    const reader = createLiveReader({ clients, clock: { now: () => Date.now() }, timing: quickTiming, settings });
    return reader.readProject('p1', { iapPolicies: true, pushPaths: true, ...options });
  }

  it('reads policies of services that no IAP leads to, and IAP’s settings though nothing pushes; else neither', async () => {
    const whole = await read({ everyDoor: true });
    assert.ok(whole.policies.has(api));
    assert.deepEqual(whole.iapClients?.get(backend), { programmaticClients: [] });
    const usual = await read({});
    assert.equal(usual.policies.has(api), false);
    assert.equal(usual.iapClients?.size, 0);
  });

  it('takes IAP’s settings of the nearest level that has them', async () => {
    const { iapSettings } = sandbox.cloud;
    iapSettings.set('projects/111/iap_web', programmatic('111-all.apps.googleusercontent.com'));
    const clients = async () => (await read({ everyDoor: true })).iapClients?.get(backend)?.programmaticClients;
    assert.deepEqual(await clients(), ['111-all.apps.googleusercontent.com']);
    iapSettings.set('projects/111/iap_web/compute', programmatic(clientId));
    assert.deepEqual(await clients(), [clientId]);
  });

  it('reads custom roles of anybody', async () => {
    sandbox.cloud.roles.set('projects/p1/roles/caller', ['run.routes.invoke']);
    bind(
      sandbox.cloud,
      'projects/p1/locations/europe-west1/services/api',
      'projects/p1/roles/caller',
      'user:bob@example.com',
    );
    assert.deepEqual((await read({ everyDoor: true })).customRoles.get('projects/p1/roles/caller'), [
      'run.routes.invoke',
    ]);
  });
});
