import assert from 'node:assert/strict';
import { createLiveReader } from '../../../../functions/adapters/live-reader/create-live-reader.ts';
import type { InventoryReader } from '../../../../functions/core/world.ts';
import { TerminalError } from '../../../../functions/errors.ts';
import { insertCompute } from '../../../../sandbox/estates/insert-compute.ts';
import { quickTiming, type SandboxGoogle, startSandboxGoogle } from '../../../support/sandbox-google.ts';

const admin = { member: 'user:admin@example.com', email: 'admin@example.com' };

describe('live reader', () => {
  let google: SandboxGoogle;
  let time = 0;

  async function open(options: { organization?: boolean } = {}): Promise<InventoryReader> {
    google = await startSandboxGoogle(options);
    switchIapOn();
    const clock = { now: () => time };
    return createLiveReader({ clients: google.clients, clock, timing: quickTiming, settings: { urlMask: 'observe' } });
  }
  afterEach(() => google.stop());

  it('takes 5 + K calls for a project of its own with K services on paths, and answers as Discovery says', async () => {
    const reader = await open();
    const inventory = await reader.readProject(google.estate.projectId);
    assert.equal(inventory.services.size, 2);
    assert.equal(inventory.projects.get(google.estate.projectId)?.number, google.estate.projectNumber);
    assert.deepEqual(google.calls().sort(), [
      'cloudresourcemanager.projects.getAncestry',
      'cloudresourcemanager.projects.getIamPolicy',
      'compute.backendServices.aggregatedList',
      'compute.networkEndpointGroups.aggregatedList',
      'run.projects.locations.services.getIamPolicy',
      'run.projects.locations.services.getIamPolicy',
      'run.projects.locations.services.list',
    ]);
    assert.equal(google.sandbox.discovery.summary().unknownFields, 0);
    assert.equal(inventory.source.inheritance, 'full');
    assert.deepEqual(inventory.unreadable, []);
  });

  it('looks a project up that has no service to tell its number', async () => {
    const reader = await open();
    google.sandbox.cloud.runServices.clear();
    const { projects } = await reader.readProject(google.estate.projectId);
    assert.equal(projects.get(google.estate.projectId)?.number, google.estate.projectNumber);
    assert.ok(google.calls().length <= 6, google.calls().join('\n'));
  });

  it('reads no policy of a service that is on no path', async () => {
    const reader = await open();
    switchIapOff();
    await reader.readProject(google.estate.projectId);
    assert.equal(google.calls().filter((call) => call.startsWith('run.')).length, 1);
  });

  it('gives the same names whether it is asked by id or by number', async () => {
    const reader = await open();
    const byId = await reader.readProject(google.estate.projectId);
    assert.deepEqual(await reader.readProject(google.estate.projectNumber), byId);
  });

  it('says when each policy was read, so that a writer can reuse it', async () => {
    time = 12_345;
    const reader = await open();
    const { policies, policyReadAt } = await reader.readProject(google.estate.projectId);
    assert.deepEqual(new Set(policyReadAt?.keys()), new Set(policies.keys()));
    assert.deepEqual([...new Set(policyReadAt?.values())], [12_345]);
  });

  it('reads the policies above a project, and asks for them again only after five minutes', async () => {
    const reader = await open({ organization: true });
    const above = () => google.calls().filter((call) => /folders|organizations|getAncestry/.test(call)).length;
    const inventory = await reader.readProject(google.estate.projectId);
    assert.deepEqual(
      inventory.projects.get(google.estate.projectId)?.ancestors,
      google.estate.ancestors.map((name) => `//cloudresourcemanager.googleapis.com/${name}`),
    );
    assert.equal(inventory.policies.size, 5);
    assert.equal(above(), 3);
    google.forgetCalls();
    time += 299_999;
    await reader.readProject(google.estate.projectId);
    assert.equal(above(), 0);
    time += 1;
    await reader.readProject(google.estate.projectId);
    assert.equal(above(), 3);
  });

  it('calls inheritance partial, and nothing unreadable, when a folder or organisation is closed', async () => {
    const reader = await open({ organization: true });
    closeTo('resourcemanager.organizations.getIamPolicy');
    const { source, unreadable } = await reader.readProject(google.estate.projectId);
    assert.equal(source.inheritance, 'partial');
    assert.deepEqual(unreadable, []);
  });

  it('names a project whose own policy is closed, and the role that opens it', async () => {
    const reader = await open();
    closeTo('resourcemanager.projects.getIamPolicy');
    const { source, unreadable } = await reader.readProject(google.estate.projectId);
    assert.deepEqual(
      unreadable.map(({ resource, code }) => [resource, code]),
      [[`//cloudresourcemanager.googleapis.com/projects/${google.estate.projectId}`, 'iam-policy-not-readable']],
    );
    assert.match(unreadable[0]?.message ?? '', /roles\/iam\.securityReviewer/);
    assert.equal(source.inheritance, 'partial');
  });

  it('names every service whose policy is closed', async () => {
    const reader = await open();
    closeTo('run.services.getIamPolicy');
    const { unreadable, services } = await reader.readProject(google.estate.projectId);
    assert.deepEqual(unreadable.map(({ resource }) => resource).sort(), [...services.keys()].sort());
    assert.deepEqual([...new Set(unreadable.map(({ code }) => code))], ['iam-policy-not-readable']);
  });

  it('names a region that could not be looked into', async () => {
    const reader = await open();
    const [region] = google.estate.regions;
    google.sandbox.cloud.unreachableRegions?.add(region);
    const { unreadable } = await reader.readProject(google.estate.projectId);
    assert.ok(unreadable.length > 0);
    assert.ok(
      unreadable.every(({ code, resource }) => code === 'region-unreachable' && resource.endsWith(`/${region}`)),
    );
  });

  it('ends for good, with a hint, at a project that is not there', async () => {
    const reader = await open();
    await assert.rejects(
      () => reader.readProject('no-such-project'),
      (error: unknown) =>
        error instanceof TerminalError && error.code === 'project-not-found' && /roles\/browser/.test(error.hint ?? ''),
    );
  });

  for (const [permission, role] of [
    ['compute.backendServices.list', 'roles/compute.viewer'],
    ['compute.networkEndpointGroups.list', 'roles/compute.viewer'],
    ['run.services.list', 'roles/run.viewer'],
  ] as const) {
    it(`says nothing at all without ${permission}, and names ${role}`, async () => {
      const reader = await open();
      closeTo(permission);
      await assert.rejects(
        () => reader.readProject(google.estate.projectId),
        (error: unknown) =>
          error instanceof Error &&
          'hint' in error &&
          'code' in error &&
          error.code === 'read-denied' &&
          String(error.hint).includes(role),
      );
    });
  }

  for (const [match, fault] of [
    ['run.projects.locations.services.list', 503],
    ['compute.backendServices.aggregatedList', 'rate-limit-exceeded'],
    ['cloudresourcemanager.projects.get', 429],
    ['cloudresourcemanager.projects.get', 503],
  ] as const) {
    it(`gets over ${fault} from ${match}, one call more each time`, async () => {
      const reader = await open();
      google.sandbox.faults.add({ match, fault, times: 2 });
      // Asked by number, because only then is the project looked up.
      await reader.readProject(google.estate.projectNumber);
      assert.equal(google.calls().filter((call) => call === match).length, 3);
    });
  }

  it('gives up in the end, with the code of a failed read', async () => {
    const reader = await open();
    google.sandbox.faults.add({ match: 'run.projects.locations.services.list', fault: 503 });
    await assert.rejects(() => reader.readProject(google.estate.projectId), { code: 'read-failed' });
  });

  it('reads a custom role that an IAP identity holds, and no other', async () => {
    const reader = await open();
    const role = grantCustomRole(google.estate.iapAgent);
    const { customRoles, notEvaluated } = await reader.readProject(google.estate.projectId);
    assert.deepEqual([...customRoles], [[role, ['run.routes.invoke']]]);
    assert.deepEqual(notEvaluated, []);
    assert.equal(google.calls().filter((call) => call.startsWith('iam.')).length, 1);
  });

  it('says so when it may not read a custom role', async () => {
    const reader = await open();
    const role = grantCustomRole(google.estate.iapAgent);
    closeTo('iam.roles.get');
    const { notEvaluated } = await reader.readProject(google.estate.projectId);
    assert.deepEqual(notEvaluated, [{ rule: '*', reason: 'custom-role-not-readable', resource: role }]);
  });

  it('follows a backend into another project: NEG, service and its policies', async () => {
    const reader = await open();
    const other = addOtherProject();
    const inventory = await reader.readProject(google.estate.projectId);
    const service = `//run.googleapis.com/projects/${other}/locations/us-east1/services/api`;
    assert.ok(inventory.services.has(service));
    assert.ok(inventory.policies.has(service));
    assert.ok(inventory.policies.has(`//cloudresourcemanager.googleapis.com/projects/${other}`));
    assert.equal(inventory.projects.get(other)?.number, '999000111222');
    assert.deepEqual(inventory.unreadable, []);
  });

  it('names the NEG of another project that it may not read', async () => {
    const reader = await open();
    const other = addOtherProject();
    google.sandbox.cloud.policies.set(`projects/${other}`, { etag: 'AAAA' });
    const { unreadable } = await reader.readProject(google.estate.projectId);
    assert.deepEqual(
      unreadable.map(({ resource, code }) => [resource.replace(/^.*\//, ''), code]),
      [['api-neg', 'neg-not-readable']],
    );
  });

  it('forgets a service that went away between list and policy', async () => {
    const reader = await open();
    const [region] = google.estate.regions;
    const key = `projects/${google.estate.projectId}/locations/${region}/services/${google.estate.service}`;
    google.sandbox.faults.add({ match: /services.getIamPolicy$/, fault: 'slow', delayMs: 200 });
    const reading = reader.readProject(google.estate.projectId);
    while (!google.calls().includes('run.projects.locations.services.list')) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.ok(google.sandbox.cloud.runServices.delete(key));
    const { services, unreadable } = await reading;
    const refused = google.sandbox.requestLog.rows.filter(({ status }) => status === 404);
    assert.equal(refused.length, 1);
    assert.deepEqual([...services.keys()].includes(`//run.googleapis.com/${key}`), false);
    assert.equal(services.size, 1);
    assert.deepEqual(unreadable, []);
  });

  function switchIapOn(): void {
    backendRecord()['iap'] = { enabled: true };
  }

  function switchIapOff(): void {
    backendRecord()['iap'] = { enabled: false };
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

  function grantCustomRole(member: string): string {
    const { cloud } = google.sandbox;
    const role = `projects/${google.estate.projectId}/roles/ownInvoker`;
    cloud.roles.set(role, ['run.routes.invoke']);
    const policy = cloud.policies.get(`projects/${google.estate.projectId}`);
    policy?.bindings?.push({ role, members: [member] });
    return role;
  }

  function addOtherProject(): string {
    const { cloud } = google.sandbox;
    const projectId = 'other-team';
    cloud.projects.set(projectId, {
      projectId,
      projectNumber: '999000111222',
      displayName: projectId,
      createTime: cloud.now().toISOString(),
    });
    const member = `serviceAccount:${google.estate.reconcileAccount}`;
    cloud.policies.set(`projects/${projectId}`, {
      etag: 'AAAA',
      bindings: [{ role: 'roles/owner', members: [member] }],
    });
    const own = [...cloud.runServices.values()][0];
    assert.ok(own);
    const copy = structuredClone(own);
    copy.metadata.name = 'api';
    copy.metadata.namespace = '999000111222';
    copy.metadata.labels = { 'cloud.googleapis.com/location': 'us-east1' };
    cloud.runServices.set(`projects/${projectId}/locations/us-east1/services/api`, copy);
    const neg = insertCompute(cloud, {
      project: projectId,
      collection: 'networkEndpointGroups',
      region: 'us-east1',
      body: { name: 'api-neg', networkEndpointType: 'SERVERLESS', cloudRun: { service: 'api' } },
      caller: admin,
    });
    const backends = backendRecord()['backends'];
    assert.ok(Array.isArray(backends));
    backends.push({ group: neg.selfLink.replace(projectId, '999000111222') });
    return projectId;
  }
});
