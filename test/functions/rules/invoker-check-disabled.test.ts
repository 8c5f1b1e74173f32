import assert from 'node:assert/strict';
import { invokerCheckDisabled } from '../../../functions/rules/invoker-check-disabled.ts';
import { agent, backend, grant, inventory, neg, policy, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service('europe-west1', { invokerIamDisabled: true });
const open = service('europe-west1', { invokerIamDisabled: true, ingress: 'all' });
const found = (severity: 'critical' | 'medium') => [shop.name, 'invokerIamDisabled', severity, 'observe'] as const;
const unread = inventory({ services: [shop] });

describeRule(invokerCheckDisabled, {
  complies: [
    { title: 'the check is on', estate: inventory({}) },
    {
      title: 'the service is on no access path',
      estate: inventory({ services: [open], negs: [], backends: [] }),
    },
    {
      title: 'the backend has no IAP',
      estate: inventory({ services: [open], backends: [backend([neg(open)], { iapEnabled: false })] }),
    },
  ],
  violates: [
    {
      title: 'only balancers reach it',
      estate: inventory({ services: [shop] }),
      findings: [found('medium')],
      via: [[`${backend([]).name} > ${neg(shop).name}`]],
    },
    { title: 'the internet reaches it', estate: inventory({ services: [open] }), findings: [found('critical')] },
    {
      title: 'without default URL it is open all the same',
      estate: inventory({ services: [{ ...open, defaultUrlDisabled: true }] }),
      findings: [found('critical')],
    },
    {
      title: 'by direct IAP',
      estate: inventory({ services: [{ ...shop, iapEnabled: true }], negs: [], backends: [] }),
      findings: [found('medium')],
      via: [['direct']],
    },
    {
      title: 'its policy could not be read: the check is a field of the service',
      estate: { ...unread, policies: new Map() },
      findings: [found('medium')],
    },
  ],
});

describe('invoker-check-disabled', () => {
  const update = 'gcloud run services update shop --project=acme-prod --region=europe-west1 --invoker-iam-check';

  it('grants IAP its role before the check comes back', () => {
    const [finding] = findingsOf(invokerCheckDisabled, { estate: inventory({ services: [shop] }) }).findings;
    assert.deepEqual(finding?.fix.gcloud, [
      `gcloud run services add-iam-policy-binding shop --project=acme-prod --region=europe-west1 --member=${agent} --role=roles/run.invoker`,
      update,
    ]);
  });

  it('grants nothing that is there already, or that the label forbids', () => {
    const granted = inventory({ services: [shop], policies: [[shop, policy(grant(agent))]] });
    const denied = inventory({ services: [{ ...shop, labels: { 'sallyport-iap': 'deny' } }] });
    for (const estate of [granted, denied]) {
      assert.deepEqual(findingsOf(invokerCheckDisabled, { estate }).findings[0]?.fix.gcloud, [update]);
    }
  });
});
