import assert from 'node:assert/strict';
import { createLiveReader } from '../../../../functions/adapters/live-reader/create-live-reader.ts';
import { parseSettings } from '../../../../functions/config.ts';
import { readIapAccess } from '../../../../functions/core/estate/iap-access.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import type { Inventory } from '../../../../functions/core/inventory.ts';
import type { ReadOptions } from '../../../../functions/core/world.ts';
import { quickTiming, type SandboxGoogle, startSandboxGoogle } from '../../../support/sandbox-google.ts';

const role = 'roles/iap.httpsResourceAccessor';

describe('live reader: whom IAP lets in, and what was on a path lately', () => {
  let google: SandboxGoogle;

  beforeEach(async () => {
    google = await startSandboxGoogle();
    backendRecord()['iap'] = { enabled: true };
  });
  afterEach(() => google.stop());

  it('asks IAP once for each backend, type and project, and only when it is told to', async () => {
    await read();
    assert.equal(iapCalls(), 0);
    const inventory = await read({ iapPolicies: true });
    assert.equal(iapCalls(), 3);
    assert.equal(google.sandbox.discovery.summary().unknownFields, 0);
    const [backend] = inventory.backends;
    assert.deepEqual([...(inventory.iapPolicies?.keys() ?? [])], [backend?.name]);
    assert.equal(inventory.iapPolicyGaps?.size, 0);
  });

  it('finds each accessor at its level, the inherited ones too', async () => {
    const web = `projects/${google.estate.projectNumber}/iap_web`;
    admit(`${web}/compute/services/${backendRecord()['id']}`, 'group:shop@example.com');
    admit(`${web}/compute`, 'allUsers');
    admit(web, 'user:ann@example.com');
    const project = `projects/${google.estate.projectId}`;
    google.sandbox.cloud.policies.get(project)?.bindings?.push({ role, members: ['domain:example.com'] });
    const inventory = await read({ iapPolicies: true });
    const [backend] = inventory.backends;
    assert.ok(backend);
    const levels = `//iap.googleapis.com/projects/${google.estate.projectId}/iap_web`;
    assert.deepEqual(
      readIapAccess(inventory, backend)
        ?.accessors.filter(({ member }) => !member.startsWith('serviceAccount:'))
        .map(({ member, level }) => [member, level])
        .slice(-4),
      [
        ['group:shop@example.com', `${levels}/compute/services/${backend.id}`],
        ['allUsers', `${levels}/compute`],
        ['user:ann@example.com', levels],
        ['domain:example.com', `//cloudresourcemanager.googleapis.com/${project}`],
      ],
    );
    assert.deepEqual(
      look(inventory)
        .findings.filter(({ rule }) => rule === 'iap-open-to-all')
        .map(({ subject }) => subject),
      ['allUsers'],
    );
  });

  it('calls a closed level a gap: nothing is judged as open to nobody then', async () => {
    closeTo('iap.webTypes.getIamPolicy');
    const inventory = await read({ iapPolicies: true });
    const [backend] = inventory.backends;
    const { projectId } = google.estate;
    assert.deepEqual(inventory.iapPolicyGaps?.get(backend?.name ?? ''), [
      `//iap.googleapis.com/projects/${projectId}/iap_web/compute`,
    ]);
    assert.deepEqual(inventory.unreadable, []);
    const { notEvaluated } = look(inventory);
    assert.ok(notEvaluated.some(({ rule, resource }) => rule === 'iap-open-to-all' && resource === backend?.name));
  });

  it('reads the policy of a service that has left its path, and forgets one that is gone', async () => {
    const { projectId, regions, service } = google.estate;
    const [region] = regions;
    const former = `//run.googleapis.com/projects/${projectId}/locations/${region}/services/${service}`;
    backendRecord()['iap'] = { enabled: false };
    const inventory = await read({ recentlyOnPath: [former, `${former}-gone`] });
    assert.deepEqual([...(inventory.recentlyOnPath ?? [])], [former]);
    assert.equal(google.calls().filter((call) => call.endsWith('services.getIamPolicy')).length, 1);
    assert.ok(inventory.policies.has(former));
  });

  it('says of each list which regions it could not look into', async () => {
    const { projectId, regions } = google.estate;
    const whole = { backends: [], negs: [], services: [] };
    assert.deepEqual((await read()).lists, new Map([[projectId, whole]]));
    google.sandbox.cloud.unreachableRegions?.add(regions[0]);
    assert.deepEqual((await read()).lists, new Map([[projectId, { ...whole, services: [regions[0]] }]]));
  });

  it('finds a NEG whose service is gone, unless its region could not be looked into', async () => {
    const { projectId, regions, service } = google.estate;
    const [region] = regions;
    google.sandbox.cloud.runServices.delete(`projects/${projectId}/locations/${region}/services/${service}`);
    const subjects = (inventory: Inventory) =>
      look(inventory)
        .findings.filter(({ rule }) => rule === 'dangling-neg')
        .map(({ subject }) => subject);
    assert.deepEqual(subjects(await read()), [`${region}/${service}`]);
    google.sandbox.cloud.unreachableRegions?.add(region);
    assert.deepEqual(subjects(await read()), []);
  });

  function read(options?: ReadOptions): Promise<Inventory> {
    google.forgetCalls();
    const reader = createLiveReader({
      clients: google.clients,
      clock: { now: () => 0 },
      timing: quickTiming,
      settings: { urlMask: 'observe' },
    });
    return reader.readProject(google.estate.projectId, options);
  }

  function look(inventory: Inventory) {
    return evaluate(inventory, { settings: parseSettings(undefined), refusedAgents: [] });
  }

  function iapCalls(): number {
    return google.calls().filter((call) => call === 'iap.getIamPolicy').length;
  }

  function admit(key: string, member: string): void {
    google.sandbox.cloud.policies.set(key, { etag: 'AAAA', bindings: [{ role, members: [member] }] });
  }

  function backendRecord() {
    const { projectId, backend } = google.estate;
    const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    return record;
  }

  function closeTo(permission: string): void {
    const { roles } = google.sandbox.cloud;
    for (const [name, permissions] of roles)
      roles.set(
        name,
        permissions.filter((held) => held !== permission),
      );
  }
});
