import assert from 'node:assert/strict';
import { buildProjectName } from '../../../functions/core/estate/resource-name.ts';
import { directInvoker } from '../../../functions/rules/direct-invoker.ts';
import { agent, backend, grant, inventory, neg, policy, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const ann = 'user:ann@acme.example';
const condition = { title: 't', expression: 'request.path == "/admin"' };
const found = (member: string) => [shop.name, member, 'medium', 'approve'] as const;
const holds = (...members: readonly string[]) => inventory({ policies: [[shop, policy(grant(...members))]] });

describeRule(directInvoker, {
  complies: [
    {
      title: 'machines, the public and what was deleted are other rules',
      estate: holds(
        agent,
        'serviceAccount:ci@acme-prod.iam.gserviceaccount.com',
        'allUsers',
        `deleted:${ann}?uid=1`,
        'principalSet://iam.googleapis.com/projects/1/x',
        'projectOwner:acme-prod',
      ),
    },
    {
      title: "a developer's role is held for other reasons",
      estate: inventory({ policies: [[shop, policy({ role: 'roles/run.developer', members: [ann] })]] }),
    },
    {
      title: 'a custom role that invokes',
      estate: inventory({
        policies: [[shop, policy({ role: 'projects/acme-prod/roles/door', members: [ann] })]],
        customRoles: { 'projects/acme-prod/roles/door': ['run.routes.invoke'] },
      }),
    },
    {
      title: 'what is inherited from the project',
      estate: inventory({ policies: [[buildProjectName('acme-prod'), policy(grant(ann))]] }),
    },
    {
      title: 'the backend has no IAP: people have no other way in',
      estate: inventory({
        backends: [backend([neg(shop)], { iapEnabled: false })],
        policies: [[shop, policy(grant(ann))]],
      }),
    },
  ],
  violates: [
    {
      title: 'a user, a group and a domain, one finding each',
      estate: holds('user:zoe@acme.example', 'group:all@acme.example', 'domain:acme.example'),
      findings: [found('domain:acme.example'), found('group:all@acme.example'), found('user:zoe@acme.example')],
    },
    {
      title: 'run.servicesInvoker is the same key',
      estate: inventory({ policies: [[shop, policy({ role: 'roles/run.servicesInvoker', members: [ann] })]] }),
      findings: [found(ann)],
      via: [[`${backend([]).name} > ${neg(shop).name}`]],
    },
    {
      title: 'under a condition',
      estate: inventory({ policies: [[shop, policy({ ...grant(ann), condition })]] }),
      findings: [found(ann)],
    },
    {
      title: 'one member in two spellings and two roles is one finding',
      estate: inventory({
        policies: [
          [shop, policy(grant(ann), { role: 'roles/run.servicesInvoker', members: ['user:Ann@Acme.example'] })],
        ],
      }),
      findings: [found(ann)],
    },
    {
      title: 'a service with direct IAP',
      estate: inventory({
        services: [service('europe-west1', { iapEnabled: true })],
        negs: [],
        backends: [],
        policies: [[shop, policy(grant(ann))]],
      }),
      findings: [found(ann)],
      via: [['direct']],
    },
    {
      title: 'a disabled invoker check changes nothing',
      estate: inventory({
        services: [service('europe-west1', { invokerIamDisabled: true })],
        policies: [[shop, policy(grant(ann))]],
      }),
      findings: [found(ann)],
    },
  ],
});

describe('direct-invoker', () => {
  it('takes back each spelling and role as the policy has it, condition or not', () => {
    const estate = inventory({
      policies: [
        [
          shop,
          policy(
            { ...grant("user:O'Neil@acme.example"), condition },
            { role: 'roles/run.servicesInvoker', members: ["user:o'neil@acme.example"] },
          ),
        ],
      ],
    });
    const [finding, ...more] = findingsOf(directInvoker, { estate }).findings;
    assert.equal(more.length, 0);
    const command = 'gcloud run services remove-iam-policy-binding shop --project=acme-prod --region=europe-west1';
    assert.deepEqual(finding?.fix.gcloud, [
      `${command} --member='user:O'\\''Neil@acme.example' --role=roles/run.invoker --all`,
      `${command} --member='user:o'\\''neil@acme.example' --role=roles/run.servicesInvoker --condition=None`,
    ]);
  });
});
