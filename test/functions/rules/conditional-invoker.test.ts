import assert from 'node:assert/strict';
import { buildProjectName } from '../../../functions/core/estate/resource-name.ts';
import { conditionalInvoker } from '../../../functions/rules/conditional-invoker.ts';
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
} from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const condition = { title: 't', expression: 'request.path.startsWith("/app")' };
const limited = (...members: readonly string[]) => ({ ...grant(...members), condition });
const found = (member: string) => [shop.name, member, 'medium', 'observe'] as const;
const own = buildProjectName('acme-prod');
const unread = inventory({ policies: [[own, policy(limited(agent))]] });

describeRule(conditionalInvoker, {
  complies: [
    { title: 'no grant at all is another rule', estate: inventory({}) },
    {
      title: 'an unconditional grant stands beside it',
      estate: inventory({ policies: [[shop, policy(limited(agent), grant(agent))]] }),
    },
    {
      title: 'the unconditional grant is inherited',
      estate: inventory({
        policies: [
          [shop, policy(limited(agent))],
          [own, policy({ role: 'roles/editor', members: [agent] })],
        ],
      }),
    },
    {
      title: 'an empty condition is none',
      estate: inventory({ policies: [[shop, policy({ ...grant(agent), condition: { expression: '' } })]] }),
    },
    {
      title: 'the invoker check is disabled: no grant is needed',
      estate: inventory({
        services: [service('europe-west1', { invokerIamDisabled: true })],
        policies: [[shop, policy(limited(agent))]],
      }),
    },
    {
      title: "somebody else's conditional grant",
      estate: inventory({ policies: [[shop, policy(limited('user:ann@acme.example', 'allUsers'))]] }),
    },
    {
      title: 'the policy of the service could not be read: an unconditional grant may be in it',
      estate: { ...unread, policies: new Map([...unread.policies].filter(([name]) => name !== shop.name)) },
    },
    {
      title: 'a role that does not invoke',
      estate: inventory({ policies: [[shop, policy({ ...limited(agent), role: 'roles/run.viewer' })]] }),
    },
  ],
  violates: [
    {
      title: 'the agent, on the service',
      estate: inventory({ policies: [[shop, policy(limited(agent))]] }),
      findings: [found(agent)],
      via: [[`${backend([]).name} > ${neg(shop).name}`]],
    },
    {
      title: 'the agent, on the project',
      estate: inventory({ policies: [[own, policy({ ...limited(agent), role: 'roles/run.admin' })]] }),
      findings: [found(agent)],
    },
    {
      title: 'the client ID beside an agent that may enter',
      estate: inventory({
        backends: [backend([neg(shop)], { oauth2ClientId: clientId })],
        policies: [[shop, policy(grant(agent), limited(clientMember))]],
      }),
      findings: [found(clientMember)],
    },
    {
      title: 'a label that forbids the grant changes nothing here',
      estate: inventory({
        services: [service('europe-west1', { labels: { 'sallyport-iap': 'deny' } })],
        policies: [[shop, policy(limited(agent))]],
      }),
      findings: [found(agent)],
    },
  ],
});

describe('conditional-invoker', () => {
  it('quotes the condition, and grants without one where gcloud would ask', () => {
    const estate = inventory({ policies: [[shop, policy(limited(agent))]] });
    const [finding] = findingsOf(conditionalInvoker, { estate }).findings;
    assert.deepEqual(finding?.have, [
      `${agent} holds roles/run.invoker on ${shop.name} only if request.path.startsWith("/app")`,
    ]);
    assert.match(finding.fix.gcloud[0] ?? '', /add-iam-policy-binding shop .* --condition=None$/);
  });
});
