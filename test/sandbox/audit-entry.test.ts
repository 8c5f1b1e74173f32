import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from '../../sandbox/cloud.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { buildServiceBody } from '../../sandbox/estates/service-body.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { buildRunClients } from '../support/sandbox-run.ts';
import { sharedData } from '../support/shared-data.ts';

const samples: [string, string][] = [
  ['google.cloud.run.v1.Services.CreateService', 'run-google-cloud-run-v1-Services-CreateService.1.json'],
  ['google.cloud.run.v1.Services.ReplaceService', 'run-google-cloud-run-v1-Services-ReplaceService.1.json'],
  ['google.cloud.run.v1.Services.SetIamPolicy', 'run-google-cloud-run-v1-Services-SetIamPolicy.1.json'],
  ['/Services.CreateService', 'run-Services-CreateService.1.json'],
];

describe('audit entries of Cloud Run in the sandbox', () => {
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  let clients: ReturnType<typeof buildRunClients>;
  let name: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud);
    clients = buildRunClients(sandbox);
    name = `projects/${estate.projectId}/locations/europe-west1/services/shop`;
  });
  afterEach(() => sandbox.stop());

  const methods = () => sandbox.cloud.logEntries.map(({ protoPayload }) => protoPayload.methodName);
  const entryOf = (method: string): LogEntry => {
    const entry = sandbox.cloud.logEntries.find(({ protoPayload }) => protoPayload.methodName === method);
    assert.ok(entry, `no entry of ${method}`);
    return entry;
  };

  async function changeEverything() {
    const { services } = clients.v1.projects.locations;
    const parent = `projects/${estate.projectId}/locations/us-west1`;
    await services.create({
      parent,
      requestBody: buildServiceBody({ service: 'desk', region: 'us-west1', environment: { TOKEN: 'secret' } }),
    });
    await services.replaceService({ name, requestBody: (await services.get({ name })).data });
    await services.setIamPolicy({
      resource: name,
      requestBody: { policy: { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] } },
    });
  }

  for (const [method, file] of samples) {
    it(`have every field that Google's ${file} has`, async function () {
      const path = sharedData(join('audit-samples', file));
      if (!path) return this.skip();
      await changeEverything();
      assert.deepEqual(missingFields(JSON.parse(readFileSync(path, 'utf8')), entryOf(method)), []);
    });
  }

  it('name a deployed service without its region, a policy with it and with an empty service label', async () => {
    await changeEverything();
    const replaced = entryOf('google.cloud.run.v1.Services.ReplaceService');
    assert.equal(replaced.protoPayload.resourceName, 'namespaces/acme-prod/services/shop');
    assert.equal(replaced.resource.labels['service_name'], 'shop');
    assert.equal(replaced.resource.labels['location'], 'europe-west1');
    const granted = entryOf('google.cloud.run.v1.Services.SetIamPolicy');
    assert.equal(granted.protoPayload.resourceName, name);
    assert.equal(granted.resource.labels['service_name'], '');
    const response = granted.protoPayload['response'] as { etag: string };
    assert.equal(response.etag, sandbox.cloud.policies.get(name)?.etag);
  });

  it('follow a v1 deployment with a system event that has no caller and no request', async () => {
    await changeEverything();
    const ready = entryOf('/Services.CreateService');
    assert.match(ready.logName, /system_event$/);
    assert.equal('authenticationInfo' in ready.protoPayload, false);
    assert.equal('request' in ready.protoPayload, false);
    assert.ok(
      methods().indexOf('/Services.CreateService') > methods().indexOf('google.cloud.run.v1.Services.CreateService'),
    );
  });

  it('say nothing of containers and their environment', async () => {
    await changeEverything();
    assert.equal(JSON.stringify(sandbox.cloud.logEntries).includes('secret'), false);
  });

  it('of v2 are a first and a last of one operation; only the first holds the request', async () => {
    await clients.v2.projects.locations.services.patch({
      name,
      updateMask: 'ingress',
      requestBody: { ingress: 'INGRESS_TRAFFIC_ALL' },
    });
    const [first, last, ...others] = sandbox.cloud.logEntries;
    assert.ok(first && last);
    assert.equal(others.length, 0);
    const [opened, closed] = [first['operation'], last['operation']] as Record<string, unknown>[];
    assert.equal(opened?.['first'], true);
    assert.equal(closed?.['last'], true);
    assert.equal(opened?.['id'], closed?.['id']);
    assert.equal(first.protoPayload.methodName, 'google.cloud.run.v2.Services.UpdateService');
    assert.ok('request' in first.protoPayload && 'authorizationInfo' in first.protoPayload);
    assert.ok(!('request' in last.protoPayload) && !('authorizationInfo' in last.protoPayload));
    assert.equal((last.protoPayload['response'] as Record<string, unknown>)['ingress'], 'INGRESS_TRAFFIC_ALL');
  });

  it("of refused calls are errors with Google's code, and a call that never reached the API leaves none", async () => {
    const set = (requestBody: object, email?: string) =>
      buildRunClients(sandbox, email)
        .v1.projects.locations.services.setIamPolicy({ resource: name, requestBody })
        .catch(() => undefined);
    await set({
      policy: { bindings: [{ role: 'roles/run.invoker', members: ['serviceAccount:x@y.iam.gserviceaccount.com'] }] },
    });
    await set({ policy: { etag: 'BwYQYvUoBxs=' } });
    await set({ policy: {} }, estate.eventsAccount);
    const codes = sandbox.cloud.logEntries.map((entry) => (entry.protoPayload['status'] as { code: number }).code);
    assert.deepEqual(codes, [3, 10, 7]);
    assert.deepEqual(
      sandbox.cloud.logEntries.map((entry) => entry['severity']),
      ['ERROR', 'ERROR', 'ERROR'],
    );
    assert.equal(
      sandbox.cloud.logEntries.some(({ protoPayload }) => 'response' in protoPayload),
      false,
    );
    sandbox.faults.add({ match: /setIamPolicy/, fault: 429 });
    await set({ policy: {} });
    assert.equal(sandbox.cloud.logEntries.length, 3);
  });

  it('are not written for reads', async () => {
    await clients.v1.projects.locations.services.getIamPolicy({ resource: name });
    assert.deepEqual(methods(), []);
  });
});

/** Names that the collectors of the samples gave, or what depends on the service rather than on the shape. */
const otherSpellings: Readonly<Record<string, string>> = { at_sign_type: '@type', callerIP: 'callerIp' };
const notShape =
  /^(annotations|labels|permissionType|principalSubject|receiveTimestamp)$|^(protoPayload\.(request|response)\.(service\.)?(metadata\.|spec\.template\.metadata|status|spec\.template\.spec\.serviceAccountName))/;

function missingFields(sample: unknown, own: unknown, path = ''): string[] {
  if (typeof sample !== 'object' || sample === null) return [];
  return Object.entries(sample).flatMap(([given, value]) => {
    const name = otherSpellings[given] ?? given;
    const at = path === '' ? name : `${path}.${name}`;
    if (notShape.test(name) || notShape.test(at)) return [];
    const mine =
      typeof own === 'object' && own !== null ? Object.entries(own).find(([field]) => field === name)?.[1] : undefined;
    return mine === undefined ? [at] : missingFields(value, mine, at);
  });
}
