import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change, ChangeRequest, ChangeResult } from '../../../../functions/core/change/change.ts';
import { buildHandBack, buildHandBacks, listHandBacks } from '../../../../functions/core/commands/hand-back.ts';
import { agent, clientMember, service } from '../../../support/estate.ts';
import { canPlan } from '../../../support/terraform-plan.ts';

const shop = service();
let serial = 0;
function made(over: Partial<ChangeRequest> = {}, outcome: ChangeResult['outcome'] = 'applied'): Change {
  serial += 1;
  const change = {
    capability: 'grant-invoker',
    kind: 'add',
    resource: shop.name,
    role: 'roles/run.invoker',
    members: [agent],
    ...over,
  } as ChangeRequest;
  return {
    id: `run-${serial}`,
    project: 'acme-prod',
    runId: 'run',
    findingIds: [`finding-${serial}`],
    change,
    at: serial,
    result: { outcome, at: serial },
  };
}

describe('the Terraform of a grant that was made', () => {
  it('is a member that touches nobody else, and the import of what is there', () => {
    assert.equal(
      buildHandBack(made()),
      `import {
  to = google_cloud_run_v2_service_iam_member.iap_agent_shop_europe_west1
  id = "projects/acme-prod/locations/europe-west1/services/shop roles/run.invoker ${agent}"
}

resource "google_cloud_run_v2_service_iam_member" "iap_agent_shop_europe_west1" {
  project  = "acme-prod"
  location = "europe-west1"
  name     = "shop"
  role     = "roles/run.invoker"
  member   = "${agent}"
}
`,
    );
  });

  it('is nothing for what is no grant, or was not made', () => {
    for (const one of [
      made({}, 'failed'),
      made({}, 'unchanged'),
      made({ kind: 'remove', capability: 'revoke-invoker' }),
      made({ undoes: 'run-0' }),
      made({ kind: 'service-identity', resource: '//cloudresourcemanager.googleapis.com/projects/acme-prod' }),
    ]) {
      assert.equal(buildHandBack(one), undefined);
    }
  });

  it('names each grant once, under a name of its own, and leaves out what was taken back', () => {
    const again = [made(), made()];
    const elsewhere = made({ resource: service('europe-west1', { project: 'acme-dev' }).name });
    const gone = made({ resource: service('us-central1').name });
    const undo = made({ kind: 'remove', resource: gone.change.resource, undoes: gone.id });
    const text = buildHandBacks([...again, elsewhere, gone, undo]) ?? '';
    assert.deepEqual(
      [...text.matchAll(/^resource "\w+" "(\w+)"/gm)].map(([, label]) => label),
      ['iap_agent_shop_europe_west1', 'iap_agent_shop_europe_west1_2'],
    );
  });

  it('is known by finding', () => {
    const one = made();
    assert.deepEqual([...listHandBacks([one, made({}, 'failed')])], [[one.findingIds[0], buildHandBack(one)]]);
  });

  it('is what terraform itself formats so and accepts', function () {
    if (!canPlan()) this.skip();
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-hand-back-'));
    try {
      const both = made({ members: [agent, clientMember] });
      const hostile = made({
        resource: service('europe-west1', { service: 'a-b' }).name,
        members: [`serviceAccount:x$${'{y}'}%{z}`],
      });
      writeFileSync(
        join(folder, 'grants.tf'),
        `${buildHandBacks([both, made({ resource: service('us-central1').name }), hostile])}`,
      );
      const root = join(import.meta.dirname, '../../../..');
      const tool = join(root, '../shared/tools/tf-schema-provider.mjs');
      const schema = join(root, '../shared/data/google-provider-schema.json');
      const script = 'cd "$FOLDER" && terraform fmt -check -diff && terraform validate -no-color';
      const { status, stdout, stderr } = spawnSync(process.execPath, [tool, schema, '--', 'sh', '-c', script], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, FOLDER: folder },
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
      assert.match(stdout, /configuration is valid/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
