import assert from 'node:assert/strict';
import { buildNegName, buildProjectName } from '../../../functions/core/estate/resource-name.ts';
import { broadIapInvoker } from '../../../functions/rules/broad-iap-invoker.ts';
import {
  agent,
  backend,
  clientId,
  clientMember,
  grant,
  inventory,
  neg,
  policy,
  project,
  service,
} from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const other = service('us-central1');
const own = buildProjectName('acme-prod');
const folder = '//cloudresourcemanager.googleapis.com/folders/1';
const organization = '//cloudresourcemanager.googleapis.com/organizations/9';
const condition = { title: 't', expression: 'true' };
const found = (member: string, resource = own) => [resource, member, 'medium', 'observe'] as const;
const way = (of: typeof shop) => `${backend([]).name} > ${neg(of).name}`;
const unread = inventory({ policies: [[own, policy(grant(agent))]] });
const elsewhere = service('europe-west1', { project: 'acme-data' });

describeRule(broadIapInvoker, {
  complies: [
    { title: 'the grant is on the service', estate: inventory({ policies: [[shop, policy(grant(agent))]] }) },
    {
      title: 'the wide grant is conditional',
      estate: inventory({ policies: [[own, policy({ ...grant(agent), condition })]] }),
    },
    {
      title: 'a wide role that does not invoke',
      estate: inventory({ policies: [[own, policy({ role: 'roles/viewer', members: [agent] })]] }),
    },
    {
      title: 'a wide grant to somebody whom IAP does not need there',
      estate: inventory({ policies: [[own, policy(grant(clientMember, 'allUsers', 'domain:acme.example'))]] }),
    },
    {
      title: 'no service of the project is behind IAP',
      estate: inventory({ backends: [], policies: [[own, policy(grant(agent))]] }),
    },
    {
      title: 'the grant is on another project',
      estate: inventory({ policies: [[buildProjectName('acme-data'), policy(grant(agent))]] }),
    },
  ],
  violates: [
    {
      title: 'one finding a project and principal, with the ways of all its services',
      estate: inventory({
        services: [other, shop],
        policies: [[own, policy({ role: 'roles/editor', members: [agent] })]],
      }),
      findings: [found(agent)],
      via: [[way(shop), way(other)]],
    },
    {
      title: 'the service has the grant as well',
      estate: inventory({
        policies: [
          [shop, policy(grant(agent))],
          [own, policy(grant(agent))],
        ],
      }),
      findings: [found(agent)],
    },
    {
      title: 'by folder and by organisation',
      estate: inventory({
        projects: [{ ...project, ancestors: [folder, organization] }],
        policies: [
          [folder, policy(grant(agent))],
          [organization, policy(grant(agent))],
        ],
      }),
      findings: [found(agent)],
    },
    {
      title: 'agent and client ID are a finding each',
      estate: inventory({
        backends: [backend([neg(shop)], { oauth2ClientId: clientId })],
        policies: [[own, policy(grant(agent, clientMember))]],
      }),
      findings: [found(clientMember), found(agent)],
    },
    {
      title: 'a disabled invoker check changes nothing',
      estate: inventory({
        services: [service('europe-west1', { invokerIamDisabled: true })],
        policies: [[own, policy(grant(agent))]],
      }),
      findings: [found(agent)],
    },
    {
      title: 'the policy of the service could not be read: the wide grant is known all the same',
      estate: { ...unread, policies: new Map([...unread.policies].filter(([name]) => name !== shop.name)) },
      findings: [found(agent)],
    },
    {
      title: 'the resource is the project of the service, wherever the backend is',
      estate: inventory({
        services: [elsewhere],
        backends: [backend([neg(elsewhere)])],
        policies: [[buildProjectName('acme-data'), policy(grant(agent))]],
      }),
      findings: [found(agent, buildProjectName('acme-data'))],
      via: [
        [`${backend([]).name} > ${buildNegName({ project: 'acme-data', region: 'europe-west1', id: 'shop-neg' })}`],
      ],
    },
  ],
});

describe('broad-iap-invoker', () => {
  it("grants on each service before it takes the wide grant back, but not against the owner's word", () => {
    const denied = service('asia-east1', { labels: { 'sallyport-iap': 'deny' } });
    const estate = inventory({
      services: [shop, other, denied],
      policies: [
        [other, policy(grant(agent))],
        [own, policy(grant(agent))],
      ],
    });
    const [finding] = findingsOf(broadIapInvoker, { estate }).findings;
    assert.deepEqual(finding?.fix.gcloud, [
      `gcloud run services add-iam-policy-binding shop --project=acme-prod --region=europe-west1 --member=${agent} --role=roles/run.invoker`,
      `gcloud projects remove-iam-policy-binding acme-prod --member=${agent} --role=roles/run.invoker --condition=None`,
    ]);
    assert.equal(finding.region, 'global');
    assert.equal(finding.project, 'acme-prod');
  });
});
