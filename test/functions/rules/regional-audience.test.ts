import assert from 'node:assert/strict';
import { regionalAudience } from '../../../functions/rules/regional-audience.ts';
import { neg, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';
import { pushEstate, regionalEstate, subscriptionName, withToken } from './push-rules-estate.ts';

const europe = 'https://shop-111222333444.europe-west1.run.app';
const shared = 'https://shop.acme.example';
const [eu, us] = [service('europe-west1'), service('us-central1')];
const found = (audience: string) => [[subscriptionName, audience, 'high', 'approve']] as const;

describeRule(regionalAudience, {
  complies: [
    {
      title: 'a shared custom audience',
      estate: regionalEstate(withToken(shared), {
        services: [eu, us].map((one) => ({ ...one, customAudiences: [shared] })),
      }),
    },
    { title: 'one region only', estate: regionalEstate(withToken(europe), { services: [eu] }) },
    {
      title: "the other region accepts the first one's URL",
      estate: regionalEstate(withToken(europe), { services: [eu, { ...us, customAudiences: [europe] }] }),
    },
    {
      title: 'the other region asks for no token',
      estate: regionalEstate(withToken(europe), { services: [eu, { ...us, invokerIamDisabled: true }] }),
    },
    {
      title: 'a run.app URL of some other service',
      estate: regionalEstate(withToken('https://desk-1.europe-west1.run.app')),
    },
    { title: 'the backend has IAP: the other rule speaks', estate: pushEstate(withToken(europe)) },
    {
      title: 'a NEG was not read',
      estate: regionalEstate(withToken(europe), { negs: new Map([eu].map((one) => [neg(one).name, neg(one)])) }),
      notEvaluated: [['service-not-read', subscriptionName]],
    },
    {
      title: 'a NEG with a mask may reach any service',
      estate: regionalEstate(withToken(europe), {
        negs: new Map(
          [neg(eu), neg(us, { target: { kind: 'run-url-mask', urlMask: '<service>.x' } })].map((one) => [
            one.name,
            one,
          ]),
        ),
      }),
      notEvaluated: [['url-mask', subscriptionName]],
    },
    {
      title: 'a service with direct IAP',
      estate: regionalEstate(withToken(europe), { services: [eu, { ...us, iapEnabled: true }] }),
      notEvaluated: [['direct-iap', subscriptionName]],
    },
  ],
  violates: [
    {
      title: "one region's URL, two regions serve",
      estate: regionalEstate(withToken(europe)),
      findings: found(europe),
    },
    {
      title: 'with a slash at the end',
      estate: regionalEstate(withToken(`${europe}/`)),
      findings: found(`${europe}/`),
    },
    {
      title: 'by its other URL',
      estate: regionalEstate(withToken('https://shop-abc-ew.a.run.app'), {
        services: [{ ...eu, urls: ['https://shop-abc-ew.a.run.app'] }, us],
      }),
      findings: found('https://shop-abc-ew.a.run.app'),
    },
    {
      title: 'every region has a custom audience that the push does not use',
      estate: regionalEstate(withToken(europe), {
        services: [eu, us].map((one) => ({ ...one, customAudiences: [shared] })),
      }),
      findings: found(europe),
    },
  ],
});

describe('regional-audience: the way out', () => {
  const settings = { capabilities: ['add-custom-audience', 'set-push-audience'] };
  const actions = (audiences: readonly string[][]) =>
    findingsOf(regionalAudience, {
      estate: regionalEstate(withToken(europe), {
        services: [eu, us].map((one, at) => ({ ...one, customAudiences: audiences[at] ?? [] })),
      }),
      settings,
    }).findings[0]?.fix.actions.map((action) => [
      action.kind,
      action.resource,
      'after' in action ? action.after : undefined,
    ]);

  it('every region accepts the host first; the push follows when none is left', () => {
    assert.deepEqual(actions([[], []]), [
      ['add-custom-audience', eu.name, undefined],
      ['add-custom-audience', us.name, undefined],
      ['set-push-audience', subscriptionName, [eu.name, us.name]],
    ]);
    assert.deepEqual(actions([[shared], ['x']]), [
      ['add-custom-audience', us.name, undefined],
      ['set-push-audience', subscriptionName, [us.name]],
    ]);
    assert.deepEqual(actions([[shared], [shared]]), [['set-push-audience', subscriptionName, []]]);
  });

  it('a service whose label says no to Sallyport is not touched; the commands are there for its owner', () => {
    const services = [eu, { ...us, labels: { 'sallyport-iap': 'deny' } }];
    const estate = regionalEstate(withToken(europe), { services });
    const [finding] = findingsOf(regionalAudience, { estate, settings }).findings;
    assert.deepEqual(finding?.fix.actions, []);
    assert.match(finding?.hint ?? '', /sallyport-iap=deny/);
    assert.equal(finding?.fix.gcloud.length, 3);
  });
});
