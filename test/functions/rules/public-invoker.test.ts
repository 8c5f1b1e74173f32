import assert from 'node:assert/strict';
import { buildProjectName } from '../../../functions/core/estate/resource-name.ts';
import { publicInvoker } from '../../../functions/rules/public-invoker.ts';
import { agent, backend, grant, inventory, neg, policy, project, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const open = service('europe-west1', { ingress: 'all' });
const folder = '//cloudresourcemanager.googleapis.com/folders/1';
const own = buildProjectName('acme-prod');
const role = 'projects/acme-prod/roles/door';
const condition = { title: 't', expression: 'request.path == "/healthz"' };
const found = (member: string, severity: 'critical' | 'medium', mode: 'approve' | 'observe') =>
  [shop.name, member, severity, mode] as const;

const unread = inventory({ policies: [[own, policy(grant('allUsers'))]] });

describeRule(publicInvoker, {
  complies: [
    { title: 'only IAP may enter', estate: inventory({ policies: [[shop, policy(grant(agent))]] }) },
    {
      title: 'the public holds a role that cannot invoke',
      estate: inventory({ policies: [[shop, policy({ role: 'roles/run.viewer', members: ['allUsers'] })]] }),
    },
    {
      title: 'a custom role that was not read',
      estate: inventory({ policies: [[shop, policy({ role, members: ['allUsers'] })]] }),
    },
    {
      title: "a public service that is on no access path is nobody's business here",
      estate: inventory({ services: [open], negs: [], backends: [], policies: [[open, policy(grant('allUsers'))]] }),
    },
    {
      title: 'a service behind a backend without IAP',
      estate: inventory({
        backends: [backend([neg(shop)], { iapEnabled: false })],
        policies: [[shop, policy(grant('allUsers'))]],
      }),
    },
    {
      title: 'members that only look like the public',
      estate: inventory({
        policies: [[shop, policy(grant('allusers', 'deleted:allUsers', 'user:allUsers', 'domain:acme.example'))]],
      }),
    },
  ],
  violates: [
    {
      title: 'allUsers on a service that only balancers reach',
      estate: inventory({ policies: [[shop, policy(grant('allUsers'))]] }),
      findings: [found('allUsers', 'medium', 'approve')],
      via: [[`${backend([]).name} > ${neg(shop).name}`]],
    },
    {
      title: 'allUsers on an open service',
      estate: inventory({ services: [open], policies: [[open, policy(grant('allUsers'))]] }),
      findings: [found('allUsers', 'critical', 'approve')],
    },
    {
      title: 'an open service without default URL is open',
      estate: inventory({
        services: [service('europe-west1', { ingress: 'all', defaultUrlDisabled: true })],
        policies: [[open, policy(grant('allUsers'))]],
      }),
      findings: [found('allUsers', 'critical', 'approve')],
    },
    {
      title: 'both members are a finding each, sorted',
      estate: inventory({ policies: [[shop, policy(grant('allUsers', 'allAuthenticatedUsers'))]] }),
      findings: [found('allAuthenticatedUsers', 'medium', 'approve'), found('allUsers', 'medium', 'approve')],
    },
    {
      title: 'two roles and two levels are one finding',
      estate: inventory({
        policies: [
          [shop, policy(grant('allUsers'), { role: 'roles/run.developer', members: ['allUsers'] })],
          [own, policy(grant('allUsers'))],
        ],
      }),
      findings: [found('allUsers', 'medium', 'approve')],
    },
    {
      title: 'a condition does not make it private',
      estate: inventory({ policies: [[shop, policy({ ...grant('allUsers'), condition })]] }),
      findings: [found('allUsers', 'medium', 'approve')],
    },
    {
      title: 'only inherited, from a folder: told, never touched',
      estate: inventory({
        projects: [{ ...project, ancestors: [folder] }],
        policies: [[folder, policy({ role: 'roles/editor', members: ['allAuthenticatedUsers'] })]],
      }),
      findings: [found('allAuthenticatedUsers', 'medium', 'observe')],
    },
    {
      title: 'an inherited grant is known also where the policy of the service is not',
      estate: { ...unread, policies: new Map([...unread.policies].filter(([name]) => name !== shop.name)) },
      findings: [found('allUsers', 'medium', 'observe')],
    },
    {
      title: 'by a custom role that was read',
      estate: inventory({
        policies: [[shop, policy({ role, members: ['allUsers'] })]],
        customRoles: { [role]: ['run.routes.invoke'] },
      }),
      findings: [found('allUsers', 'medium', 'approve')],
    },
    {
      title: 'a disabled invoker check changes nothing',
      estate: inventory({
        services: [service('europe-west1', { invokerIamDisabled: true })],
        policies: [[shop, policy(grant('allUsers'))]],
      }),
      findings: [found('allUsers', 'medium', 'approve')],
    },
    {
      title: 'a service that was on a path in the last 30 days',
      estate: inventory({
        backends: [],
        policies: [[shop, policy(grant('allUsers'))]],
        more: { recentlyOnPath: new Set([shop.name, 'gone']) },
      }),
      findings: [found('allUsers', 'medium', 'approve')],
      via: [[]],
    },
  ],
});

describe('public-invoker', () => {
  it('takes back every grant at the level where it stands, and names what is inherited', () => {
    const estate = inventory({
      projects: [{ ...project, ancestors: [folder] }],
      policies: [
        [shop, policy(grant('allUsers'), { ...grant('allUsers'), condition })],
        [own, policy({ role: 'roles/owner', members: ['allUsers'] })],
        [folder, policy(grant('allUsers'))],
      ],
    });
    const [finding] = findingsOf(publicInvoker, { estate }).findings;
    assert.deepEqual(finding?.fix.gcloud, [
      'gcloud run services remove-iam-policy-binding shop --project=acme-prod --region=europe-west1 --member=allUsers --role=roles/run.invoker --all',
      'gcloud projects remove-iam-policy-binding acme-prod --member=allUsers --role=roles/owner --condition=None',
      'gcloud resource-manager folders remove-iam-policy-binding 1 --member=allUsers --role=roles/run.invoker --condition=None',
    ]);
    assert.match(finding.hint, /folders\/1 as well/);
    assert.deepEqual(finding.have, [
      `allUsers holds roles/run.invoker on ${shop.name}`,
      `allUsers holds roles/run.invoker on ${shop.name} only if request.path == "/healthz"`,
      `allUsers holds roles/owner on ${own}`,
      `allUsers holds roles/run.invoker on ${folder}`,
    ]);
  });
});
