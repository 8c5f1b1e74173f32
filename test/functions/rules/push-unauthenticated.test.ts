import { pushUnauthenticated } from '../../../functions/rules/push-unauthenticated.ts';
import { balancers, frontend, to, urlMap } from '../../support/balancer.ts';
import { inventory } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';
import { guarded, pushEstate, subscription, subscriptionName } from './push-rules-estate.ts';

const { oidc: _, ...bare } = subscription();
const elsewhere = { ...guarded, iapEnabled: false };
const name2 = '//compute.googleapis.com/projects/other/global/backendServices/b';
const two = urlMap(to('other'), { name: '//compute.googleapis.com/projects/acme-prod/global/urlMaps/two' });

describeRule(pushUnauthenticated, {
  complies: [
    { title: 'it pushes with a token', estate: pushEstate(subscription()) },
    { title: 'the backend has no IAP', estate: pushEstate(bare, { backends: [elsewhere] }) },
    { title: 'the host is nobody’s here', estate: pushEstate({ ...bare, endpoint: 'https://shop.example/hook' }) },
    {
      title: 'it pushes to the service itself',
      estate: pushEstate({ ...bare, endpoint: 'https://shop-1.europe-west1.run.app/' }),
    },
    { title: 'nothing of it was read', estate: inventory({}), notEvaluated: [['subscriptions-not-read', undefined]] },
    {
      title: 'two balancers have the host',
      estate: pushEstate(bare, {
        balancers: balancers(urlMap(to(guarded)), two),
        backends: [guarded, { ...elsewhere, name: `${two.name.replace('urlMaps/two', 'backendServices/other')}` }],
      }),
      notEvaluated: [['several-balancers', subscriptionName]],
    },
    {
      title: 'the backend lies in a project that was not read',
      estate: pushEstate(bare, { balancers: balancers(urlMap(to(name2))), backends: [guarded] }),
      notEvaluated: [['backend-not-read', subscriptionName]],
    },
    {
      title: 'some balancers could not be read, and none that was has the host',
      estate: pushEstate(
        { ...bare, endpoint: 'https://shop.example/' },
        { balancers: { ...balancers(urlMap(to(guarded))), unread: ['p'] } },
      ),
      notEvaluated: [['balancers-not-read', subscriptionName]],
    },
    {
      title: 'the certificates are not known, and the map names no host',
      estate: pushEstate(bare, {
        balancers: {
          urlMaps: [urlMap(to(guarded))],
          frontends: [{ ...frontend(urlMap(to(guarded))), certificates: [{ name: 'c' }] }],
        },
      }),
      notEvaluated: [['certificates-not-known', subscriptionName]],
    },
    {
      title: 'the balancer has an internal address, which Google does not push to',
      estate: pushEstate(bare, {
        balancers: {
          urlMaps: [urlMap(to(guarded))],
          frontends: [frontend(urlMap(to(guarded)), { loadBalancingScheme: 'INTERNAL_MANAGED' })],
        },
      }),
    },
  ],
  violates: [
    {
      title: 'it pushes without a token to a host behind IAP',
      estate: pushEstate(bare),
      findings: [[subscriptionName, 'shop.acme.example', 'high', 'observe']],
      via: [[`${guarded.name} > ${guarded.groups[0]}`]],
    },
    {
      title: 'one of two weighted backends has IAP; the host is spelled in capitals',
      estate: pushEstate(
        { ...bare, endpoint: 'https://SHOP.acme.example/x' },
        {
          backends: [guarded, { ...elsewhere, name: `${guarded.name}-2` }],
          balancers: balancers(urlMap(to(guarded, `${guarded.name}-2`.split('/').at(-1) ?? ''))),
        },
      ),
      findings: [[subscriptionName, 'shop.acme.example', 'high', 'observe']],
    },
  ],
});
