import assert from 'node:assert/strict';
import { createPolicyApi } from '../../../functions/adapters/policy-api.ts';
import { createPolicyWriter } from '../../../functions/adapters/policy-writer.ts';
import type { Binding } from '../../../functions/core/inventory.ts';
import { quickTiming, type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

/** `npm test` plays fewer rounds; `WRITER_ROUNDS=200` is the whole proof. */
const rounds = Number(process.env['WRITER_ROUNDS'] ?? 10);
const writers = 8;
const role = 'roles/run.invoker';

describe('concurrent policy writers', () => {
  let google: SandboxGoogle;
  before(async () => {
    google = await startSandboxGoogle({ seed: 1 });
  });
  after(() => google.stop());

  it(`end in the union, ${writers} at once, ${rounds} rounds, 30 % of the calls refused with 409 or 412`, async function () {
    this.timeout(20_000 + rounds * 1000);
    const { cloud, faults } = google.sandbox;
    const { projectId, regions, service } = google.estate;
    const key = `projects/${projectId}/locations/${regions[0]}/services/${service}`;
    const members = Array.from({ length: writers }, (_, n) => `service-${1000 + n}@gcp-sa-iap.iam.gserviceaccount.com`);
    for (const email of members) cloud.serviceAccounts.add(email);
    cloud.serviceAccounts.add('ci@acme.iam.gserviceaccount.com');
    faults.add({ match: /services\.(get|set)IamPolicy$/, fault: 409, probability: 0.15 });
    faults.add({ match: /services\.(get|set)IamPolicy$/, fault: 412, probability: 0.18 });

    let retries = 0;
    const writer = createPolicyWriter({
      api: createPolicyApi(google.clients),
      clock: { now: () => Date.now() },
      timing: quickTiming,
      capabilities: ['grant-invoker'],
      limits: { attempts: 200, totalMs: 60_000, baseMs: 100, capMs: 2_000 },
      onRetry: () => {
        retries += 1;
      },
    });
    for (let round = 0; round < rounds; round += 1) {
      const foreign = buildForeign(round);
      cloud.policies.set(key, { version: 3, etag: 'BwYAAAAAAAE=', bindings: structuredClone(foreign), auditConfigs });
      const results = await Promise.all(
        members.map((email) =>
          writer.changePolicy({
            capability: 'grant-invoker',
            kind: 'add',
            resource: `//run.googleapis.com/${key}`,
            role,
            members: [`serviceAccount:${email}`],
          }),
        ),
      );
      const after = cloud.policies.get(key);
      const ours = after?.bindings?.filter((binding) => binding.role === role && !binding.condition) ?? [];
      assert.deepEqual(
        ours.map((binding) => [...(binding.members ?? [])].sort()),
        [members.map((email) => `serviceAccount:${email}`).sort()],
      );
      assert.deepEqual(
        after?.bindings?.filter((binding) => !ours.includes(binding)),
        foreign,
      );
      assert.equal(after?.version, 3);
      assert.deepEqual(after?.auditConfigs, auditConfigs);
      assert.ok(results.every(({ changed }) => changed));
    }
    console.log(`      ${rounds * writers} grants, ${retries} retries`);
    assert.ok(retries > 0);
    assert.deepEqual(google.sandbox.discovery.summary().problems, []);
  });
});

const auditConfigs = [{ service: 'allServices', auditLogConfigs: [{ logType: 'DATA_READ' }] }];

function buildForeign(round: number): (Binding & { members: string[]; condition?: Record<string, unknown> })[] {
  const condition = { title: `until ${round}`, expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' };
  return [
    { role: 'roles/run.viewer', members: ['user:ann@acme.example', 'group:ops@acme.example'] },
    { role, members: ['serviceAccount:ci@acme.iam.gserviceaccount.com'], condition },
    { role: 'roles/run.admin', members: ['user:bob@acme.example'] },
  ];
}
