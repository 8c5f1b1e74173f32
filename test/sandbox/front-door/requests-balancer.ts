import { alice, noIapMark, type Row, says } from './request-row.ts';
import * as estate from './two-door-estate.ts';
import { change, hosts } from './two-door-estate.ts';

/** At the load balancer: which backend, which service. */
export const balancerRequests: readonly Row[] = [
  {
    title: 'a host that no balancer serves',
    facts: '3',
    host: 'nobody.example.com',
    status: 404,
    door: 'load-balancer',
  },
  {
    title: 'a path rule leads to the backend with IAP',
    facts: '3',
    host: hosts.open,
    path: '/shop/cart',
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
  },
  {
    title: 'the longest path rule wins',
    facts: '3',
    host: hosts.open,
    path: '/shop/public/logo',
    status: 403,
    door: 'invoker',
  },
  {
    title: 'a rule that ends in /* does not match what stands before it',
    facts: '3',
    host: hosts.open,
    path: '/shop/public',
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
  },
  { title: 'a path beside it does not', facts: '3', host: hosts.open, path: '/shopping', status: 403, door: 'invoker' },
  {
    title: 'IAP off: nobody asks who it is, and Cloud Run refuses',
    facts: '4',
    given: (cloud) => change(cloud, 'backendServices/shop-backend', { iap: { enabled: false } }),
    region: 'europe-west1',
    status: 403,
    door: 'invoker',
    says: says.forbidden,
    answers: noIapMark,
  },
  {
    title: 'a urlMask leads to the service that the path names',
    facts: '3',
    as: alice,
    path: '/shop',
    given: (cloud) =>
      estate.addCompute(cloud, 'regions/europe-west1', 'networkEndpointGroups', 'shop-neg', {
        cloudRun: { urlMask: '/<service>' },
      }),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'a function of the 2nd generation is its Run service',
    facts: '15',
    as: alice,
    given: (cloud) =>
      estate.addCompute(cloud, 'regions/europe-west1', 'networkEndpointGroups', 'shop-neg', {
        cloudFunction: { function: 'Shop' },
      }),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
];
