import assert from 'node:assert/strict';
import { runUrlBypass } from '../../../functions/rules/run-url-bypass.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const open = service('europe-west1', { ingress: 'all' });
const found = (of = open) => [of.name, 'all', 'medium', 'approve'] as const;

describeRule(runUrlBypass, {
  complies: [
    { title: 'only balancers reach the service', estate: inventory({}) },
    { title: 'only the inside reaches it', estate: inventory({ services: [{ ...open, ingress: 'internal' }] }) },
    { title: 'its default URL is disabled', estate: inventory({ services: [{ ...open, defaultUrlDisabled: true }] }) },
    {
      title: 'direct IAP guards that URL itself',
      estate: inventory({ services: [{ ...open, iapEnabled: true }], negs: [], backends: [] }),
    },
    {
      title: "direct IAP guards it beside a balancer's",
      estate: inventory({ services: [{ ...open, iapEnabled: true }] }),
    },
    {
      title: 'the backend has no IAP',
      estate: inventory({ services: [open], backends: [backend([neg(open)], { iapEnabled: false })] }),
    },
    {
      title: 'it was behind IAP last week, and is behind nothing today',
      estate: inventory({ services: [open], backends: [], more: { recentlyOnPath: new Set([open.name]) } }),
    },
  ],
  violates: [
    {
      title: 'an open service behind IAP',
      estate: inventory({ services: [open] }),
      findings: [found()],
      via: [[`${backend([]).name} > ${neg(open).name}`]],
    },
    {
      title: 'one region of two',
      estate: inventory({ services: [open, service('us-central1')] }),
      findings: [found()],
    },
    {
      title: 'a disabled invoker check changes nothing',
      estate: inventory({ services: [{ ...open, invokerIamDisabled: true }] }),
      findings: [found()],
    },
    {
      title: 'two backends are one finding with two ways',
      estate: inventory({
        services: [open],
        backends: [backend([neg(open)]), backend([neg(open)], { name: backend([]).name.replace('shop', 'a') })],
      }),
      findings: [found()],
      via: [
        [`${backend([]).name.replace('shop', 'a')} > ${neg(open).name}`, `${backend([]).name} > ${neg(open).name}`],
      ],
    },
  ],
});

describe('run-url-bypass', () => {
  it('names the URL, and shuts it by the ingress of the article', () => {
    const [finding] = findingsOf(runUrlBypass, { estate: inventory({ services: [open] }) }).findings;
    assert.deepEqual(finding?.have, ['ingress: all', 'default URL: https://shop-111222333444.europe-west1.run.app']);
    assert.deepEqual(finding.fix.gcloud, [
      'gcloud run services update shop --project=acme-prod --region=europe-west1 --ingress=internal-and-cloud-load-balancing',
    ]);
    assert.match(finding.fix.terraform, /\n {2}ingress += "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"\n/);
  });
});
