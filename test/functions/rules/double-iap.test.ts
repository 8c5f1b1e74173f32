import assert from 'node:assert/strict';
import { doubleIap } from '../../../functions/rules/double-iap.ts';
import { agent, backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const direct = service('europe-west1', { iapEnabled: true });
const other = service('us-central1');

describeRule(doubleIap, {
  complies: [
    { title: 'IAP at the load balancer only', estate: inventory({}) },
    { title: 'IAP at the service only', estate: inventory({ services: [direct], negs: [], backends: [] }) },
    {
      title: 'IAP at the service, behind a backend without IAP',
      estate: inventory({ services: [direct], backends: [backend([neg(direct)], { iapEnabled: false })] }),
    },
    {
      title: 'IAP at another service than the one behind the backend',
      estate: inventory({
        services: [direct, service('europe-west1', { service: 'cart' })],
        backends: [backend([neg(service('europe-west1', { service: 'cart' }))])],
      }),
    },
  ],
  violates: [
    {
      title: 'IAP at both, in one region of two',
      estate: inventory({ services: [direct, other] }),
      findings: [[direct.name, '', 'medium', 'observe']],
    },
    {
      title: 'a disabled invoker check changes nothing',
      estate: inventory({ services: [service('europe-west1', { iapEnabled: true, invokerIamDisabled: true })] }),
      findings: [[direct.name, '', 'medium', 'observe']],
    },
  ],
});

describe('double-iap', () => {
  it('names every way, and grants again what gcloud takes along', () => {
    const [finding] = findingsOf(doubleIap, { estate: inventory({ services: [direct] }) }).findings;
    assert.deepEqual(finding?.via, [`${backend([]).name} > ${neg(direct).name}`, 'direct']);
    assert.equal(finding?.fix.gcloud.length, 2);
    assert.match(finding?.fix.gcloud[0] ?? '', /^gcloud beta run services update shop .*--no-iap$/);
    assert.ok(finding?.fix.gcloud[1]?.includes(`add-iam-policy-binding shop`) && finding.fix.gcloud[1].includes(agent));
  });
});
