import { cdnWithIap } from '../../../functions/rules/cdn-with-iap.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';

const shop = service();
const withCdn = (over = {}) => [backend([neg(shop)], { enableCdn: true, ...over })];
const zonal = neg(shop, { target: { kind: 'not-serverless' } });

describeRule(cdnWithIap, {
  complies: [
    { title: 'IAP without CDN', estate: inventory({}) },
    { title: 'CDN without IAP', estate: inventory({ backends: withCdn({ iapEnabled: false }) }) },
    { title: 'no serverless NEG is behind it', estate: inventory({ negs: [zonal], backends: withCdn() }) },
  ],
  violates: [
    {
      title: 'CDN and IAP, global',
      estate: inventory({ backends: withCdn() }),
      findings: [[backend([]).name, '', 'medium', 'observe']],
    },
    {
      title: 'CDN and IAP, regional; no service needs to be there',
      estate: inventory({
        services: [],
        negs: [neg(shop)],
        backends: withCdn({ region: 'europe-west1' }),
      }),
      findings: [[backend([], { region: 'europe-west1' }).name, '', 'medium', 'observe']],
    },
  ],
});
