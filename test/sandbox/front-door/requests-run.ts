import type { Cloud } from '../../../sandbox/cloud.ts';
import { alice, direct, invoker, noIapMark, type Row, robot, runUrl, says, shop } from './request-row.ts';
import * as estate from './two-door-estate.ts';
import { annotate, bind, hosts } from './two-door-estate.ts';

/** At Cloud Run itself: behind a balancer without IAP, on its own URL, with IAP of its own. */
export const runRequests: readonly Row[] = [
  {
    title: 'no credential',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    title: "an invoker's token for this region",
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: `token ${robot} ${runUrl}`,
    status: 200,
    door: 'container',
  },
  {
    title: 'the same token in the other region: 401',
    facts: '16',
    host: hosts.open,
    region: 'us-central1',
    as: `token ${robot} ${runUrl}`,
    status: 401,
    door: 'invoker',
    says: says.unauthorized,
    answers: {
      'www-authenticate': 'Bearer error="invalid_token" error_description="The access token could not be verified"',
    },
  },
  {
    title: 'a custom audience holds in both',
    facts: '16',
    host: hosts.open,
    region: 'us-central1',
    as: `token ${robot} https://api.example.com/`,
    given: (cloud) => annotate(cloud, 'us-central1/services/api', 'custom-audiences', '["https://api.example.com"]'),
    status: 200,
    door: 'container',
  },
  {
    title: 'an OAuth access token',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: 'Bearer ya29.x',
    status: 401,
    door: 'invoker',
    says: says.unauthorized,
  },
  {
    title: 'a good token of somebody without the role',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: `token carol@example.com ${runUrl}`,
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    title: 'allAuthenticatedUsers takes any good token',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: `token carol@example.com ${runUrl}`,
    given: (cloud) => bind(cloud, 'projects/p1/locations/europe-west1/services/api', invoker, 'allAuthenticatedUsers'),
    status: 200,
    door: 'container',
  },
  {
    title: 'but not nobody',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    given: (cloud) => bind(cloud, 'projects/p1/locations/europe-west1/services/api', invoker, 'allAuthenticatedUsers'),
    status: 403,
    door: 'invoker',
  },
  {
    title: 'X-Serverless-Authorization is read first',
    facts: '16',
    host: hosts.open,
    region: 'europe-west1',
    as: 'Bearer ya29.x',
    headers: { serverless: `${robot} ${runUrl}` },
    status: 200,
    door: 'container',
  },
  // run.app
  {
    title: "a service's own URL, with its token",
    facts: '16',
    host: hosts.run,
    as: `token ${robot} ${runUrl}/`,
    status: 200,
    door: 'container',
  },
  {
    title: 'its own URL when only balancers may enter',
    facts: '16',
    host: hosts.shopRun,
    as: `token ${robot} https://${hosts.shopRun}`,
    status: 404,
    door: 'ingress',
    says: says.notFound,
  },
  {
    title: 'its own URL when only balancers may enter, asked by Pub/Sub of its own project: internal traffic',
    facts: '16',
    host: hosts.shopRun,
    headers: { 'x-sandbox-pushed-from': 'p1' },
    as: `token ${robot} https://${hosts.shopRun}`,
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.eu}`, invoker, `serviceAccount:${robot}`),
    status: 200,
    door: 'container',
  },
  {
    title: 'the same by Pub/Sub of another project',
    facts: '16',
    host: hosts.shopRun,
    headers: { 'x-sandbox-pushed-from': 'p2' },
    as: `token ${robot} https://${hosts.shopRun}`,
    given: (cloud) => bind(cloud, `projects/p1/locations/${shop.eu}`, invoker, `serviceAccount:${robot}`),
    status: 404,
    door: 'ingress',
  },
  {
    title: 'its own URL when that is disabled',
    facts: '16',
    host: hosts.run,
    as: `token ${robot} ${runUrl}`,
    given: (cloud) => annotate(cloud, 'europe-west1/services/api', 'default-url-disabled', 'true'),
    status: 404,
    door: 'ingress',
  },
  {
    title: 'a run.app host that does not exist',
    facts: '16',
    host: 'ghost-111.europe-west1.run.app',
    status: 404,
    door: 'ingress',
    says: says.notFound,
  },
  {
    title: '/healthz is answered before everything',
    facts: '16',
    host: hosts.run,
    path: '/healthz',
    as: `token ${robot} ${runUrl}`,
    status: 404,
    door: 'ingress',
  },
  {
    title: 'direct IAP on the own URL asks for a session',
    facts: '4',
    host: hosts.shopRun,
    given: direct,
    headers: { accept: '*/*' },
    status: 302,
    door: 'iap',
  },
  {
    title: 'direct IAP lets an accessor of the service in',
    facts: '4',
    host: hosts.shopRun,
    given: direct,
    as: alice,
    status: 200,
    door: 'container',
  },
  {
    title: 'direct IAP without the grant to the agent',
    facts: '4',
    host: hosts.shopRun,
    given: (cloud) => {
      direct(cloud);
      estate.unbind(cloud, `projects/p1/locations/${shop.eu}`);
    },
    as: alice,
    status: 403,
    door: 'invoker',
    says: says.forbidden,
  },
  {
    title: 'the URL of name, project number and region is an audience, though the service does not list it',
    facts: '16',
    host: hosts.run,
    given: (cloud) => {
      const record = cloud.runServices.get('projects/p1/locations/europe-west1/services/api');
      if (record) record.status['url'] = 'https://api-abcdefghij-ew.a.run.app';
      annotate(cloud, 'europe-west1/services/api', 'urls', '["https://api-abcdefghij-ew.a.run.app"]');
    },
    as: `token ${robot} ${runUrl}`,
    status: 200,
    door: 'container',
  },
  {
    title: 'a service behind a second backend without IAP: nobody asks who it is, and Cloud Run refuses',
    facts: '4, 16',
    host: hosts.open,
    given: sibling,
    region: 'europe-west1',
    status: 403,
    door: 'invoker',
    says: says.forbidden,
    answers: noIapMark,
  },
  {
    title: 'the same, with allUsers as invokers: around IAP',
    facts: '4, 16',
    host: hosts.open,
    given: (cloud) => {
      sibling(cloud);
      bind(cloud, `projects/p1/locations/${shop.eu}`, invoker, 'allUsers');
    },
    region: 'europe-west1',
    status: 200,
    door: 'container',
    answers: noIapMark,
  },
  {
    title: 'the invoker check is disabled: no credential is needed',
    facts: '2',
    host: hosts.open,
    given: (cloud) => annotate(cloud, 'europe-west1/services/api', 'invoker-iam-disabled', 'true'),
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'the invoker check is disabled: a bad credential does no harm',
    facts: '2 (that a bad one is not looked at is not recorded)',
    host: hosts.open,
    given: (cloud) => annotate(cloud, 'europe-west1/services/api', 'invoker-iam-disabled', 'true'),
    as: 'Bearer garbage',
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'ingress internal, through an internal balancer',
    facts: '16',
    host: hosts.open,
    given: (cloud) => {
      estate.change(cloud, 'backendServices/api-backend', { loadBalancingScheme: 'INTERNAL_MANAGED' });
      annotate(cloud, 'europe-west1/services/api', 'ingress', 'internal');
    },
    as: `token ${robot} ${runUrl}`,
    region: 'europe-west1',
    status: 200,
    door: 'container',
  },
  {
    title: 'ingress internal, at its own URL from outside',
    facts: '16',
    host: hosts.run,
    given: (cloud) => annotate(cloud, 'europe-west1/services/api', 'ingress', 'internal'),
    as: `token ${robot} ${runUrl}`,
    status: 404,
    door: 'ingress',
    says: says.notFound,
  },
];

/** The backend without IAP leads to `shop` too. */
function sibling(cloud: Cloud): void {
  const group = 'https://www.googleapis.com/compute/v1/projects/p1/regions/europe-west1/networkEndpointGroups/shop-neg';
  estate.change(cloud, 'backendServices/api-backend', { backends: [{ group }] });
}
