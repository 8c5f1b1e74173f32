import assert from 'node:assert/strict';
import type { Inventory, Policy } from '../../../functions/core/inventory.ts';
import { staleIapInvoker } from '../../../functions/rules/stale-iap-invoker.ts';
import {
  agent,
  backend,
  clientId,
  clientMember,
  grant,
  inventory,
  neg,
  policy,
  service,
  wholeLists,
} from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const foreignAgent = 'serviceAccount:service-555@gcp-sa-iap.iam.gserviceaccount.com';
const withEdge = {
  projects: [
    { name: 'acme-prod', number: '111222333444' },
    { name: 'acme-edge', number: '555' },
  ],
};
const whole = { backends: [], negs: [], services: [] };
const bothLists = new Map([...wholeLists, ['acme-edge', whole] as const]);
const left = { recentlyOnPath: new Set([shop.name]), lists: wholeLists };
/** The service was on a path, and is no longer. */
const former = (own: Policy, more: Partial<Inventory> = {}) =>
  inventory({ backends: [], policies: [[shop, own]], more: { ...left, ...more } });
const condition = { title: 't', expression: 'request.path == "/a"' };
const found = (member: string) => [shop.name, member, 'low', 'approve'] as const;
const mask = neg(shop, { target: { kind: 'run-url-mask', urlMask: '/<service>' } });

describeRule(staleIapInvoker, {
  complies: [
    {
      title: 'a path needs the agent, however its e-mail is written',
      estate: inventory({
        policies: [[shop, policy(grant(agent.replace('service-', 'SERVICE-')))]],
        more: { lists: wholeLists },
      }),
    },
    {
      title: 'a path needs the client ID',
      estate: inventory({
        backends: [backend([neg(shop)], { oauth2ClientId: clientId })],
        policies: [[shop, policy(grant(agent, clientMember))]],
        more: { lists: wholeLists },
      }),
    },
    {
      title: 'the service was never on a path: nobody asked Sallyport about it',
      estate: inventory({ backends: [], policies: [[shop, policy(grant(agent))]], more: { lists: wholeLists } }),
    },
    {
      title: 'other accounts and people are other rules',
      estate: former(
        policy(grant('serviceAccount:ci@acme-prod.iam.gserviceaccount.com', 'user:ann@acme.example', 'allUsers')),
      ),
    },
    {
      title: 'another role is not what Sallyport grants',
      estate: former(policy({ role: 'roles/run.admin', members: [agent] })),
    },
    { title: "a conditional grant is somebody's decision", estate: former(policy({ ...grant(agent), condition })) },
    { title: 'a deleted agent holds nothing', estate: former(policy(grant(`deleted:${agent}?uid=1`))) },
    {
      title: 'an export may be 36 hours old: its reader says that nobody judges',
      estate: former(policy(grant(agent)), { source: { kind: 'asset-export', files: ['a'], inheritance: 'full' } }),
    },
    {
      title: 'a list had a gap, in whatever region',
      estate: former(policy(grant(agent)), { lists: new Map([['acme-prod', { ...whole, negs: ['asia-east1'] }]]) }),
      notEvaluated: [['lists-incomplete', shop.name]],
    },
    {
      title: 'the lists were not read',
      estate: former(policy(grant(agent)), { lists: new Map() }),
      notEvaluated: [['lists-not-read', shop.name]],
    },
    {
      title: 'a urlMask NEG of that region may lead there',
      estate: inventory({ backends: [], negs: [mask], policies: [[shop, policy(grant(agent))]], more: left }),
      notEvaluated: [['url-mask-neg', shop.name]],
    },
    {
      title: "another project's backend may lead there",
      estate: former(policy(grant(foreignAgent))),
      notEvaluated: [['lists-of-its-project-not-read', shop.name]],
    },
    {
      title: 'a path whose project has no known number may need it',
      estate: inventory({
        projects: [{ name: 'acme-prod' }],
        policies: [[shop, policy(grant(agent))]],
        more: { lists: wholeLists },
      }),
      notEvaluated: [['project-number-unknown', shop.name]],
    },
  ],
  violates: [
    { title: 'the backend is gone, the grant is not', estate: former(policy(grant(agent))), findings: [found(agent)] },
    {
      title: 'IAP was switched off',
      estate: inventory({
        backends: [backend([neg(shop)], { iapEnabled: false })],
        policies: [[shop, policy(grant(agent))]],
        more: left,
      }),
      findings: [found(agent)],
    },
    {
      title: 'the backend names another client ID today',
      estate: inventory({ policies: [[shop, policy(grant(agent, clientMember))]], more: { lists: wholeLists } }),
      findings: [found(clientMember)],
    },
    {
      title: "another project's agent, when that project's lists were whole as well",
      estate: inventory({
        ...withEdge,
        policies: [[shop, policy(grant(agent, foreignAgent))]],
        more: { lists: bothLists },
      }),
      findings: [found(foreignAgent)],
    },
    {
      title: 'a urlMask NEG of another region changes nothing',
      estate: inventory({
        backends: [],
        negs: [{ ...mask, region: 'us-central1' }],
        policies: [[shop, policy(grant(agent))]],
        more: left,
      }),
      findings: [found(agent)],
    },
  ],
});

describe('stale-iap-invoker', () => {
  it('revokes the unconditional grant alone, as the policy spells it', () => {
    const spelled = agent.replace('service-', 'Service-');
    const estate = former(policy({ ...grant(agent), condition }, grant(spelled)));
    const settings = { capabilities: ['revoke-invoker'] };
    const [finding] = findingsOf(staleIapInvoker, { estate, settings }).findings;
    assert.deepEqual(finding?.fix.actions, [
      { kind: 'revoke-invoker', resource: shop.name, member: spelled, role: 'roles/run.invoker' },
    ]);
    assert.match(finding?.fix.gcloud[0] ?? '', /remove-iam-policy-binding shop .* --condition=None$/);
  });
});
