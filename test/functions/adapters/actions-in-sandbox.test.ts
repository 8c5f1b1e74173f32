import assert from 'node:assert/strict';
import { createWorld } from '../../../functions/adapters/create-world.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { parseSettings } from '../../../functions/config.ts';
import { fixInPasses } from '../../../functions/core/fix-in-passes.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import type { Logger } from '../../../functions/core/world.ts';
import { deployRunService } from '../../../sandbox/apis/run/run-deploy.ts';
import type { StoredPolicy } from '../../../sandbox/cloud.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

const admin = { member: 'user:admin@example.com', email: 'admin@example.com' };
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** Each capability over real HTTP, with Google's own clients and nothing but the permissions that docs/actions.md names. */
describe('actions in the local Google Cloud', () => {
  let google: SandboxGoogle;
  let ledger: Ledger;
  let runs = 0;

  beforeEach(async () => {
    google = await startSandboxGoogle({ seed: 3 });
    ledger = await openSqliteLedger(':memory:');
  });
  afterEach(async () => {
    assert.deepEqual(google.sandbox.discovery.summary().problems, []);
    await ledger.close();
    await google.stop();
  });

  const world = (...capabilities: string[]) =>
    createWorld({
      settings: parseSettings({
        capabilities: ['grant-invoker', ...capabilities],
        timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
      }),
      ledger,
      log: silent,
      clients: google.clients,
    });
  const fix = (...capabilities: string[]) => {
    runs += 1;
    const key = { project: google.estate.projectId, reason: 'manual', runId: `fix-${runs}` } as const;
    return fixInPasses(key, world(...capabilities), { modes: ['enforce', 'approve'] });
  };
  const keyOf = (region: string) =>
    `projects/${google.estate.projectId}/locations/${region}/services/${google.estate.service}`;
  const first = () => keyOf(google.estate.regions[0]);
  const bindingsOf = (key: string) => google.sandbox.cloud.policies.get(key)?.bindings ?? [];
  const appliedBy = async (capability: string) =>
    (await ledger.changesSince(0)).filter(
      ({ change, result }) => change.capability === capability && result?.outcome === 'applied',
    );

  function switchIapOn(): void {
    const { projectId, backend } = google.estate;
    const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    record['iap'] = { enabled: true };
    google.sandbox.cloud.serviceAccounts.add(google.estate.iapAgent.replace('serviceAccount:', ''));
  }

  function allow(...permissions: string[]): void {
    const { cloud } = google.sandbox;
    const { projectId, reconcileAccount } = google.estate;
    const role = `projects/${projectId}/roles/more`;
    cloud.roles.set(role, permissions);
    const policy = cloud.policies.get(`projects/${projectId}`);
    assert.ok(policy);
    policy.bindings = [...(policy.bindings ?? []), { role, members: [`serviceAccount:${reconcileAccount}`] }];
  }

  function setPolicy(key: string, bindings: StoredPolicy['bindings']): void {
    google.sandbox.cloud.policies.set(key, { version: 3, etag: 'BwYAAAAAAAE=', ...(bindings ? { bindings } : {}) });
  }

  const condition = { title: 'day', expression: 'request.time.getHours("UTC") < 18' };
  const role = 'roles/run.invoker';

  it('revoke-invoker: grants IAP first, then takes the public and people out of their very bindings; undo puts each back', async () => {
    switchIapOn();
    google.sandbox.cloud.serviceAccounts.add('ci@elsewhere.iam.gserviceaccount.com');
    setPolicy(first(), [
      { role, members: ['allUsers', 'serviceAccount:ci@elsewhere.iam.gserviceaccount.com'] },
      { role, members: ['group:ops@example.com'], condition },
    ]);
    await fix('revoke-invoker');
    const { iapAgent } = google.estate;
    const shut = [{ role, members: ['serviceAccount:ci@elsewhere.iam.gserviceaccount.com', iapAgent] }];
    assert.deepEqual(bindingsOf(first()), shut);
    for (const { id } of await appliedBy('revoke-invoker')) {
      assert.equal((await undoChange(id, `undo-${id}`, world('revoke-invoker'))).result?.outcome, 'applied');
    }
    const back = bindingsOf(first());
    assert.deepEqual(back[0]?.members?.toSorted(), [...(shut[0]?.members ?? []), 'allUsers'].sort());
    assert.deepEqual(back[1], { role, members: ['group:ops@example.com'], condition });
    const { left } = await fix('revoke-invoker');
    assert.deepEqual(new Set(left.map(({ why }) => why)), new Set(['on-hold']));
  });

  it('revoke-invoker off: the same estate keeps everybody, and the findings carry the commands', async () => {
    switchIapOn();
    setPolicy(first(), [{ role, members: ['allUsers'] }]);
    const { findings } = await fix();
    assert.deepEqual(bindingsOf(first())[0]?.members, ['allUsers', google.estate.iapAgent]);
    const [open] = findings.filter(({ rule }) => rule === 'public-invoker');
    assert.deepEqual([open?.fix.actions, open?.mode], [[], 'approve']);
    assert.match(open?.fix.gcloud[0] ?? '', /remove-iam-policy-binding/);
  });

  const ingressOf = (key: string) =>
    google.sandbox.cloud.runServices.get(key)?.metadata.annotations['run.googleapis.com/ingress'];
  function openIngress(): void {
    const { cloud } = google.sandbox;
    const record = cloud.runServices.get(first());
    assert.ok(record);
    const annotations = {
      ...record.metadata.annotations,
      'run.googleapis.com/ingress': 'all',
      'run.googleapis.com/custom-audiences': '["https://shop.example.com"]',
      team: 'shop',
    };
    const sent = { ...record, metadata: { ...record.metadata, resourceVersion: '', annotations } };
    const { projectId, regions, service } = google.estate;
    deployRunService(cloud, { place: { project: projectId, region: regions[0], service }, sent, caller: admin });
    const labels = cloud.runServices.get(first())?.metadata.labels;
    if (labels) Object.assign(labels, { 'sallyport-iap': 'allow' });
  }

  it('restrict-ingress: sets the ingress and nothing else of the service, and no revision; undo gives it back', async () => {
    allow('run.services.update');
    switchIapOn();
    openIngress();
    const before = structuredClone(google.sandbox.cloud.runServices.get(first()));
    const { findings } = await fix('restrict-ingress');
    assert.deepEqual(findings, []);
    assert.equal(ingressOf(first()), 'internal-and-cloud-load-balancing');
    const after = google.sandbox.cloud.runServices.get(first());
    assert.deepEqual(after?.spec, before?.spec);
    assert.equal(after?.status['latestCreatedRevisionName'], before?.status['latestCreatedRevisionName']);
    assert.deepEqual(after?.metadata.labels, before?.metadata.labels);
    const [change] = await appliedBy('restrict-ingress');
    await undoChange(change?.id ?? '', 'undo-1', world('restrict-ingress'));
    assert.equal(ingressOf(first()), 'all');
    // v2 writes the launch stage that v1 leaves out.
    const owners = ({ annotations }: { annotations: Readonly<Record<string, string>> }) =>
      Object.entries(annotations)
        .filter(([name]) => !/operation-id|lastModifier|launch-stage/.test(name))
        .sort();
    const restored = google.sandbox.cloud.runServices.get(first());
    assert.ok(restored && before);
    assert.deepEqual(owners(restored.metadata), owners(before.metadata));
  });

  it('restrict-ingress: a busy service is tried again; undo refuses once others have changed the service', async () => {
    allow('run.services.update');
    switchIapOn();
    openIngress();
    google.sandbox.faults.add({ match: /^run\.projects\.locations\.services\.patch$/, fault: 409, times: 2 });
    await fix('restrict-ingress');
    assert.equal(ingressOf(first()), 'internal-and-cloud-load-balancing');
    const [change] = await appliedBy('restrict-ingress');
    const record = google.sandbox.cloud.runServices.get(first());
    assert.ok(record);
    const { projectId, regions, service } = google.estate;
    deployRunService(google.sandbox.cloud, {
      place: { project: projectId, region: regions[0], service },
      sent: { ...record, metadata: { ...record.metadata } },
      caller: admin,
    });
    await assert.rejects(undoChange(change?.id ?? '', 'undo-1', world('restrict-ingress')), {
      code: 'undo-changed-since',
    });
    assert.equal(ingressOf(first()), 'internal-and-cloud-load-balancing');
  });

  it('restrict-ingress: without run.services.update the service stays as it is, and the error says what is missing', async () => {
    switchIapOn();
    openIngress();
    await assert.rejects(fix('restrict-ingress'), { code: 'write-denied', hint: /run\.services\.update/ });
    assert.equal(ingressOf(first()), 'all');
  });

  it('create-service-identity: IAM knows no agent, so it is created, then granted; it cannot be undone', async () => {
    allow('serviceusage.services.enable');
    switchIapOn();
    const email = google.estate.iapAgent.replace('serviceAccount:', '');
    google.sandbox.cloud.serviceAccounts.delete(email);
    await assert.rejects(fix('create-service-identity'), { code: 'principal-does-not-exist' });
    assert.equal(google.sandbox.cloud.serviceAccounts.has(email), false);
    assert.equal((await fix('create-service-identity')).outcome, 'fixed');
    assert.ok(google.sandbox.cloud.serviceAccounts.has(email));
    const [change] = await appliedBy('create-service-identity');
    const undo = undoChange(change?.id ?? '', 'undo-1', world('create-service-identity'));
    await assert.rejects(undo, { code: 'undo-not-possible' });
  });

  it('create-service-identity: refused by Google, the finding says what an administrator has to run', async () => {
    switchIapOn();
    google.sandbox.cloud.serviceAccounts.delete(google.estate.iapAgent.replace('serviceAccount:', ''));
    for (let run = 0; run < 2; run += 1) {
      await assert.rejects(fix('create-service-identity'), { code: 'principal-does-not-exist' });
    }
    const open = await ledger.openFindings(google.estate.projectId);
    const missing = open.find(({ finding }) => finding.rule === 'iap-service-agent-missing')?.finding;
    assert.match(missing?.note ?? '', /Ask an administrator to run: gcloud beta services identity create/);
  });
});
