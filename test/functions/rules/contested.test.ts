import assert from 'node:assert/strict';
import type { Change, ChangeRequest, ChangeResult } from '../../../functions/core/change/change.ts';
import type { Policy } from '../../../functions/core/inventory.ts';
import { contested } from '../../../functions/rules/contested.ts';
import { agent, backend, grant, inventory, neg, policy, project, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const grantShop: ChangeRequest = {
  capability: 'grant-invoker',
  kind: 'add',
  resource: shop.name,
  role: 'roles/run.invoker',
  members: [agent],
};
const revokePublic: ChangeRequest = {
  ...grantShop,
  capability: 'revoke-invoker',
  kind: 'remove',
  members: ['allUsers'],
};
const shut: ChangeRequest = {
  capability: 'restrict-ingress',
  kind: 'ingress',
  resource: shop.name,
  ingress: 'internal-and-cloud-load-balancing',
};
let serial = 0;
/** A change of ours that was made at `at`. */
function made(change: ChangeRequest, at: number, over: Partial<ChangeResult> = {}): Change {
  serial += 1;
  const before: Policy = change.kind === 'remove' ? policy(grant('allUsers')) : policy();
  return {
    id: `run-${serial}`,
    project: project.name,
    runId: 'run',
    findingIds: [],
    change,
    at,
    result: { outcome: 'applied', at, ...(change.kind === 'ingress' ? {} : { before }), ...over },
  };
}
/** As the ledger gives them: newest first. */
const memory = (...changes: readonly Change[]) => ({ iapSeenOn: [], changes: changes.toReversed() });
const three = [made(grantShop, 1), made(grantShop, 2), made(grantShop, 3)];
const held = inventory({ policies: [[shop, policy(grant(agent))]] });

describeRule(contested, {
  complies: [
    { title: 'the grant was made three times and is there', estate: held, memory: memory(...three) },
    { title: 'the grant was made twice and is gone', estate: inventory({}), memory: memory(...three.slice(1)) },
    {
      title: 'the third of them failed',
      estate: inventory({}),
      memory: memory(...three.slice(0, 2), made(grantShop, 3, { outcome: 'failed' })),
    },
    {
      title: 'the third of them had nothing to change',
      estate: inventory({}),
      memory: memory(...three.slice(0, 2), made(grantShop, 3, { outcome: 'unchanged' })),
    },
    {
      title: 'one of them was taken back by our own undo',
      estate: inventory({}),
      memory: memory(
        three[0] ?? assert.fail(),
        made({ ...grantShop, kind: 'remove', undoes: 'run-1' }, 1.5, { before: policy(grant(agent)) }),
        ...three.slice(1),
      ),
    },
    {
      title: 'the last of them was taken back by our own undo',
      estate: inventory({}),
      memory: memory(
        ...three,
        made({ ...grantShop, kind: 'remove', undoes: 'run-3' }, 4, { before: policy(grant(agent)) }),
      ),
    },
    {
      title: 'the grant has moved to the project',
      estate: inventory({
        policies: [[`//cloudresourcemanager.googleapis.com/projects/${project.name}`, policy(grant(agent))]],
      }),
      memory: memory(...three),
    },
    {
      title: 'no path wants the grant any more',
      estate: inventory({ backends: [backend([neg(shop)], { iapEnabled: false })] }),
      memory: memory(...three),
    },
    {
      title: 'the service asks nobody for a grant any more',
      estate: inventory({ services: [service('europe-west1', { invokerIamDisabled: true })] }),
      memory: memory(...three),
    },
    {
      title: 'the policy was not read',
      estate: inventory({ more: { policies: new Map() } }),
      memory: memory(...three),
    },
    {
      title: 'three services lost their grant once each',
      estate: inventory({ services: [shop, service('us-central1'), service('asia-east1')] }),
      memory: memory(
        ...['europe-west1', 'us-central1', 'asia-east1'].map((region, at) =>
          made({ ...grantShop, resource: service(region).name }, at),
        ),
      ),
    },
    {
      title: 'the member was there before two of the writes',
      estate: inventory({}),
      memory: memory(
        three[0] ?? assert.fail(),
        ...[2, 3].map((at) => made(grantShop, at, { before: policy(grant(agent)) })),
      ),
    },
    { title: 'nobody remembers', estate: inventory({}), notEvaluated: [['needs-ledger', undefined]] },
  ],
  violates: [
    {
      title: 'the grant was made three times and is gone again',
      estate: inventory({}),
      memory: memory(...three),
      findings: [[shop.name, agent, 'high', 'observe']],
      via: [[`${backend([]).name} > ${neg(shop).name}`]],
    },
    {
      title: 'members in another spelling are the same member',
      estate: inventory({}),
      memory: memory(...three.slice(0, 2), made({ ...grantShop, members: [agent.replace('service-', 'SERVICE-')] }, 3)),
      findings: [[shop.name, agent, 'high', 'observe']],
    },
    {
      title: 'a public member was taken out three times and is there again',
      estate: inventory({ policies: [[shop, policy(grant(agent, 'allUsers'))]] }),
      memory: memory(...[1, 2, 3].map((at) => made(revokePublic, at))),
      findings: [[shop.name, 'allUsers', 'high', 'observe']],
    },
    {
      title: 'an ingress was shut three times and is open again',
      estate: inventory({ services: [service('europe-west1', { ingress: 'all' })] }),
      memory: memory(...[1, 2, 3].map((at) => made(shut, at))),
      findings: [[shop.name, 'ingress', 'high', 'observe']],
    },
  ],
});

describe('contested', () => {
  it('says what an authoritative binding does, and gives the member that does not', () => {
    const [finding] = findingsOf(contested, { estate: inventory({}), memory: memory(...three) }).findings;
    assert.match(finding?.hint ?? '', /iam_binding .* authoritative and takes out every member/);
    assert.match(finding?.fix.terraform ?? '', /resource "google_cloud_run_v2_service_iam_member"/);
    assert.match(finding?.fix.gcloud[0] ?? '', /^gcloud logging read .*SetIamPolicy|^gcloud logging read /);
  });
});
