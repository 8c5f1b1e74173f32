import assert from 'node:assert/strict';
import type { Backend, Neg } from '../../../functions/core/inventory.ts';
import { unprotectedSiblingPath } from '../../../functions/rules/unprotected-sibling-path.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { describeRule, findingsOf } from '../../support/rule-table.ts';

const shop = service();
const cart = service('europe-west1', { service: 'cart' });
const guarded = backend([neg(shop)]);
const bare = (groups: readonly Neg[], over: Partial<Backend> = {}) =>
  backend(groups, { iapEnabled: false, name: guarded.name.replace('shop-backend', 'api'), ...over });
const found = (sibling: Backend) => [shop.name, sibling.name, 'medium', 'observe'] as const;
const mask = neg(shop, { name: `${neg(shop).name}-2`, target: { kind: 'run-url-mask', urlMask: '/<service>' } });
const asFunction = neg(shop, { name: `${neg(shop).name}-3`, target: { kind: 'function', function: 'Shop' } });
const regional = bare([neg(shop)], {
  region: 'europe-west1',
  name: '//compute.googleapis.com/projects/acme-prod/regions/europe-west1/backendServices/api',
});
const labelled = service('europe-west1', { labels: { 'sallyport-iap': 'allow' } });

describeRule(unprotectedSiblingPath, {
  complies: [
    { title: 'one backend, with IAP', estate: inventory({}) },
    {
      title: 'two backends, both with IAP',
      estate: inventory({ backends: [guarded, bare([neg(shop)], { iapEnabled: true })] }),
    },
    {
      title: 'the other backend leads to another service',
      estate: inventory({ services: [shop, cart], backends: [guarded, bare([neg(cart)])] }),
    },
    {
      title: 'the same name in another region is another service',
      estate: inventory({
        services: [shop, service('us-central1')],
        backends: [guarded, bare([neg(service('us-central1'))])],
      }),
    },
    {
      title: 'a service that is behind no IAP at all',
      estate: inventory({ backends: [bare([neg(shop)])] }),
    },
    {
      title: 'direct IAP guards every way',
      estate: inventory({
        services: [service('europe-west1', { iapEnabled: true })],
        backends: [guarded, bare([neg(shop)])],
      }),
    },
    {
      title: 'the other backend has a URL mask, and urlMask is observe',
      estate: inventory({ services: [labelled], negs: [neg(shop), mask], backends: [guarded, bare([mask])] }),
    },
    {
      title: 'the NEG of the other backend was not read',
      estate: inventory({ negs: [neg(shop)], backends: [guarded, bare([mask])] }),
    },
  ],
  violates: [
    {
      title: 'a second backend without IAP, through the same NEG',
      estate: inventory({ backends: [guarded, bare([neg(shop)])] }),
      findings: [found(bare([]))],
      via: [[`${guarded.name} > ${neg(shop).name}`]],
    },
    {
      title: 'each such backend is a finding, regional ones too',
      estate: inventory({ backends: [guarded, regional, bare([neg(shop)])] }),
      findings: [found(bare([])), found(regional)],
    },
    {
      title: 'two NEGs of one backend are one finding',
      estate: inventory({ negs: [neg(shop), asFunction], backends: [guarded, bare([neg(shop), asFunction])] }),
      findings: [found(bare([]))],
    },
    {
      title: 'through a NEG for functions',
      estate: inventory({ negs: [neg(shop), asFunction], backends: [guarded, bare([asFunction])] }),
      findings: [found(bare([]))],
    },
    {
      title: 'through a URL mask, where urlMask is labelled and the service has the label',
      estate: inventory({ services: [labelled], negs: [neg(shop), mask], backends: [guarded, bare([mask])] }),
      settings: { urlMask: 'labelled' },
      findings: [found(bare([]))],
    },
    {
      title: 'the backend is in another project',
      estate: inventory({
        backends: [
          guarded,
          bare([neg(shop)], {
            project: 'acme-edge',
            name: '//compute.googleapis.com/projects/acme-edge/global/backendServices/api',
          }),
        ],
      }),
      findings: [
        [shop.name, '//compute.googleapis.com/projects/acme-edge/global/backendServices/api', 'medium', 'observe'],
      ],
    },
    {
      title: 'its IAP was switched off in the last 30 days',
      estate: inventory({ backends: [bare([neg(shop)])], more: { recentlyOnPath: new Set([shop.name]) } }),
      findings: [found(bare([]))],
      via: [[]],
    },
  ],
});

describe('unprotected-sibling-path', () => {
  it('turns IAP on where the backend is, global or regional', () => {
    const { findings } = findingsOf(unprotectedSiblingPath, {
      estate: inventory({ backends: [guarded, bare([neg(shop)]), regional] }),
    });
    assert.deepEqual(
      findings.flatMap(({ fix }) => fix.gcloud),
      [
        'gcloud compute backend-services update api --project=acme-prod --global --iap=enabled',
        'gcloud compute backend-services update api --project=acme-prod --region=europe-west1 --iap=enabled',
      ],
    );
    assert.match(findings[1]?.fix.terraform ?? '', /^resource "google_compute_region_backend_service" "api" \{/);
  });
});
