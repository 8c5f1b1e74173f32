import type { Inventory } from '../../../functions/core/inventory.ts';
import { danglingNeg } from '../../../functions/rules/dangling-neg.ts';
import { backend, inventory, neg, service, wholeLists } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';

const shop = service();
const gone = neg(shop);
const gaps = (...services: string[]): NonNullable<Inventory['lists']> =>
  new Map([['acme-prod', { backends: [], negs: [], services }]]);
const estate = (more: Partial<Inventory>, over: Parameters<typeof inventory>[0] = {}) =>
  inventory({ services: [], negs: [gone], ...over, more });
const asset = { source: { kind: 'asset-export', files: ['a'], inheritance: 'full' } } as const;
const closed = { resource: shop.name, code: 'service-not-readable', message: 'closed' };
const asFunction = neg(shop, { target: { kind: 'function', function: 'shop' } });
const abroad = service('europe-west1', { project: 'acme-team' });
const found = [[gone.name, 'europe-west1/shop', 'medium', 'observe']] as const;

describeRule(danglingNeg, {
  complies: [
    { title: 'the service is there', estate: inventory({ more: { lists: wholeLists } }) },
    {
      title: 'no IAP backend names the NEG',
      estate: estate({ lists: wholeLists }, { backends: [backend([gone], { iapEnabled: false })] }),
    },
    {
      title: 'a function without a Run service: the path says that',
      estate: estate({ lists: wholeLists }, { negs: [asFunction] }),
    },
    {
      title: 'that region could not be looked into',
      estate: estate({ lists: gaps('us-central1', 'europe-west1') }),
      notEvaluated: [['service-list-incomplete', gone.name]],
    },
    {
      title: 'nobody can say which region is missing',
      estate: estate({ lists: gaps('*') }),
      notEvaluated: [['service-list-incomplete', gone.name]],
    },
    {
      title: "the services of the NEG's project were not listed",
      estate: estate({ lists: wholeLists }, { negs: [neg(abroad)] }),
      notEvaluated: [['services-not-listed', neg(abroad).name]],
    },
    {
      title: 'the service itself could not be read',
      estate: estate({ lists: wholeLists, unreadable: [closed] }),
      notEvaluated: [['service-not-readable', gone.name]],
    },
    {
      title: 'an export without any Run service of that project',
      estate: estate({ ...asset, lists: new Map() }),
      notEvaluated: [['services-not-in-input', gone.name]],
    },
    {
      title: 'an export with a malformed line: it may be the one',
      estate: estate({ ...asset, lists: gaps('*') }),
      notEvaluated: [['input-incomplete', gone.name]],
    },
  ],
  violates: [
    { title: 'no such service in a whole list', estate: estate({ lists: wholeLists }), findings: found },
    {
      title: 'another region could not be looked into',
      estate: estate({ lists: gaps('us-central1') }),
      findings: found,
    },
    {
      title: 'an export that holds other services of the project',
      estate: estate({ ...asset, lists: gaps() }),
      findings: found,
    },
    {
      title: 'the service is there in another region only',
      estate: estate({ lists: wholeLists }, { services: [service('us-central1')] }),
      findings: found,
    },
  ],
});
