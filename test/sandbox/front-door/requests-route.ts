import type { Cloud } from '../../../sandbox/cloud.ts';
import { noIapMark, type Row, says } from './request-row.ts';
import { addCompute, change, hosts } from './two-door-estate.ts';

const compute = 'https://www.googleapis.com/compute/v1/projects/p1';
const [shop, api] = ['shop', 'api'].map((name) => `${compute}/global/backendServices/${name}-backend`);
const eu = 'europe-west1';
const page = { headers: { accept: '*/*' } } as const;
/** The backend with IAP asks who it is; the one without leaves that to Cloud Run. */
const toShop = { status: 302, door: 'iap' } as const;
const toApi = { status: 403, door: 'invoker', answers: noIapMark } as const;

/** A host rule for `hosts.open`, and its path matcher. */
const map =
  (matcher: object, hostNames: readonly string[] = [hosts.open]) =>
  (cloud: Cloud) =>
    change(cloud, 'urlMaps/map', {
      hostRules: [{ hosts: hostNames, pathMatcher: 'm' }],
      pathMatchers: [{ name: 'm', ...matcher }],
    });
const routes = (...routeRules: object[]) => map({ defaultService: api, routeRules });

function plainHttp(cloud: Cloud): void {
  addCompute(cloud, 'global', 'urlMaps', 'http-map', {
    defaultUrlRedirect: { httpsRedirect: true, redirectResponseCode: 'MOVED_PERMANENTLY_DEFAULT', stripQuery: false },
  });
  addCompute(cloud, 'global', 'targetHttpProxies', 'http-proxy', { urlMap: `${compute}/global/urlMaps/http-map` });
  addCompute(cloud, 'global', 'forwardingRules', 'http-rule', {
    target: `${compute}/global/targetHttpProxies/http-proxy`,
    portRange: '80-80',
  });
}

/** What a URL map can say: FACTS 3 names its references, compute.v1 of the Discovery documents what they mean. */
export const routeRequests: readonly Row[] = [
  // Hosts
  {
    ...page,
    title: 'a host with a wildcard',
    facts: '3',
    host: 'a.b.example.org',
    given: map({ defaultService: shop }, ['*.example.org']),
    ...toShop,
  },
  {
    ...page,
    title: 'a wildcard does not stand for nothing',
    facts: '3',
    host: 'example.org',
    given: map({ defaultService: shop }, ['*.example.org']),
    status: 404,
    door: 'load-balancer',
  },
  {
    ...page,
    title: 'an exact host beats a wildcard, wherever it stands',
    facts: '3',
    host: hosts.open,
    given: (cloud) =>
      change(cloud, 'urlMaps/map', {
        hostRules: [
          { hosts: ['*.example.com'], pathMatcher: 's' },
          { hosts: [hosts.open], pathMatcher: 'a' },
        ],
        pathMatchers: [
          { name: 's', defaultService: shop },
          { name: 'a', defaultService: api },
        ],
      }),
    ...toApi,
  },
  {
    ...page,
    title: 'of two wildcards the longer wins',
    facts: '3',
    host: 'x.eu.example.org',
    given: (cloud) =>
      change(cloud, 'urlMaps/map', {
        hostRules: [
          { hosts: ['*.example.org'], pathMatcher: 's' },
          { hosts: ['*.eu.example.org'], pathMatcher: 'a' },
        ],
        pathMatchers: [
          { name: 's', defaultService: shop },
          { name: 'a', defaultService: api },
        ],
      }),
    ...toApi,
  },
  {
    ...page,
    title: 'a host that no rule names and a wildcard certificate covers goes to the default',
    facts: '3',
    host: 'new.example.net',
    given: (cloud) => change(cloud, 'sslCertificates/cert', { subjectAlternativeNames: ['*.example.net'] }),
    ...toShop,
  },
  // Routes
  {
    ...page,
    title: 'a route rule by prefix',
    facts: '3',
    host: hosts.open,
    given: routes({ priority: 1, matchRules: [{ prefixMatch: '/cart' }], service: shop }),
    ...toShop,
  },
  {
    ...page,
    title: 'a route rule by full path takes nothing longer',
    facts: '3',
    host: hosts.open,
    path: '/cart/1',
    given: routes({ priority: 1, matchRules: [{ fullPathMatch: '/cart' }], service: shop }),
    ...toApi,
  },
  {
    ...page,
    title: 'a route rule by expression, for the whole path',
    facts: '3',
    host: hosts.open,
    path: '/cart/12',
    given: routes({ priority: 1, matchRules: [{ regexMatch: '/cart/[0-9]+' }], service: shop }),
    ...toShop,
  },
  {
    ...page,
    title: 'an expression that fits a part only',
    facts: '3',
    host: hosts.open,
    path: '/cart/12/x',
    given: routes({ priority: 1, matchRules: [{ regexMatch: '/cart/[0-9]+' }], service: shop }),
    ...toApi,
  },
  {
    ...page,
    title: 'a route rule by path template',
    facts: '3',
    host: hosts.open,
    path: '/u/7/cart/a/b',
    given: routes({ priority: 1, matchRules: [{ pathTemplateMatch: '/u/{id}/cart/**' }], service: shop }),
    ...toShop,
  },
  {
    ...page,
    title: 'ignoreCase',
    facts: '3',
    host: hosts.open,
    path: '/CART',
    given: routes({ priority: 1, matchRules: [{ prefixMatch: '/cart', ignoreCase: true }], service: shop }),
    ...toShop,
  },
  {
    ...page,
    title: 'the route rule with the lower number comes first, wherever it stands',
    facts: '3',
    host: hosts.open,
    given: routes(
      { priority: 2, matchRules: [{ prefixMatch: '/' }], service: shop },
      { priority: 1, matchRules: [{ prefixMatch: '/cart' }], service: api },
    ),
    ...toApi,
  },
  {
    title: 'a route rule by header',
    facts: '3',
    host: hosts.open,
    headers: { accept: '*/*', 'x-stage': 'beta-2' },
    given: routes({
      priority: 1,
      matchRules: [{ prefixMatch: '/', headerMatches: [{ headerName: 'X-Stage', prefixMatch: 'beta' }] }],
      service: shop,
    }),
    ...toShop,
  },
  {
    ...page,
    title: 'all predicates of a match rule must hold',
    facts: '3',
    host: hosts.open,
    given: routes({
      priority: 1,
      matchRules: [{ prefixMatch: '/', headerMatches: [{ headerName: 'x-stage', presentMatch: true }] }],
      service: shop,
    }),
    ...toApi,
  },
  {
    ...page,
    title: 'an inverted header match',
    facts: '3',
    host: hosts.open,
    given: routes({
      priority: 1,
      matchRules: [
        { prefixMatch: '/', headerMatches: [{ headerName: 'x-stage', exactMatch: 'live', invertMatch: true }] },
      ],
      service: shop,
    }),
    ...toShop,
  },
  {
    ...page,
    title: 'any of several match rules is enough, here a query parameter',
    facts: '3',
    host: hosts.open,
    path: '/cart?v=2',
    given: routes({
      priority: 1,
      matchRules: [
        { fullPathMatch: '/nowhere' },
        { prefixMatch: '/', queryParameterMatches: [{ name: 'v', exactMatch: '2' }] },
      ],
      service: shop,
    }),
    ...toShop,
  },
  {
    ...page,
    title: 'a condition that only xDS clients can meet is not guessed at',
    facts: '3',
    host: hosts.open,
    given: routes({
      priority: 1,
      matchRules: [{ prefixMatch: '/', metadataFilters: [{ filterMatchCriteria: 'MATCH_ANY' }] }],
      service: shop,
    }),
    status: 501,
    door: 'load-balancer',
    says: 'metadataFilters of a URL map is not modelled by the sandbox',
  },
  // Backends
  {
    ...page,
    title: 'a weighted backend of weight 0 never gets a request',
    facts: '3',
    host: hosts.open,
    given: map({
      defaultRouteAction: {
        weightedBackendServices: [
          { backendService: shop, weight: 0 },
          { backendService: api, weight: 1 },
        ],
      },
    }),
    ...toApi,
  },
  {
    title: 'a backend bucket is not modelled, and says so',
    facts: '3',
    host: hosts.open,
    given: map({ defaultService: `${compute}/global/backendBuckets/static` }),
    status: 501,
    door: 'load-balancer',
    says: '/backendBuckets/static of a URL map is not modelled by the sandbox',
  },
  {
    title: 'a rewritten URL is not modelled, and says so',
    facts: '3',
    host: hosts.open,
    given: map({ defaultService: api, defaultRouteAction: { urlRewrite: { pathPrefixRewrite: '/v2' } } }),
    status: 501,
    door: 'load-balancer',
    says: 'urlRewrite of a URL map is not modelled by the sandbox',
  },
  {
    title: 'an endpoint group that is no Cloud Run is not modelled, and says so',
    facts: '3',
    host: hosts.open,
    region: eu,
    given: (cloud) =>
      addCompute(cloud, `regions/${eu}`, 'networkEndpointGroups', 'api-neg', {
        networkEndpointType: 'SERVERLESS',
        appEngine: {},
      }),
    status: 501,
    door: 'load-balancer',
    says: 'an App Engine endpoint group is not modelled by the sandbox',
  },
  // Redirects
  ...(
    [
      ['MOVED_PERMANENTLY_DEFAULT', 301],
      ['FOUND', 302],
      ['SEE_OTHER', 303],
      ['TEMPORARY_REDIRECT', 307],
      ['PERMANENT_REDIRECT', 308],
    ] as const
  ).map(
    ([redirectResponseCode, status]): Row => ({
      title: `a default redirect with ${redirectResponseCode}, which IAP never sees`,
      facts: '3',
      host: hosts.open,
      path: '/cart?v=2',
      given: map({ defaultUrlRedirect: { hostRedirect: 'new.example.com', redirectResponseCode } }),
      status,
      door: 'load-balancer',
      answers: { location: 'https://new.example.com/cart?v=2', ...noIapMark },
    }),
  ),
  {
    title: 'a redirect of a path rule, without the query',
    facts: '3',
    host: hosts.open,
    path: '/old/cart?v=2',
    given: map({
      defaultService: api,
      pathRules: [{ paths: ['/old/*'], urlRedirect: { pathRedirect: '/cart', stripQuery: true } }],
    }),
    status: 301,
    door: 'load-balancer',
    answers: { location: `https://${hosts.open}/cart` },
  },
  {
    title: 'a redirect of a prefix',
    facts: '3',
    host: hosts.open,
    path: '/old/cart',
    given: routes({ priority: 1, matchRules: [{ prefixMatch: '/old' }], urlRedirect: { prefixRedirect: '/new' } }),
    status: 301,
    door: 'load-balancer',
    answers: { location: `https://${hosts.open}/new/cart` },
  },
  // Port 80
  {
    title: 'plain http is sent to https, before IAP',
    facts: '3',
    path: '/cart?v=2',
    headers: { 'x-sandbox-scheme': 'http' },
    given: plainHttp,
    status: 301,
    door: 'load-balancer',
    answers: { location: `https://${hosts.iap}/cart?v=2`, ...noIapMark },
  },
  {
    title: 'plain http where no balancer listens',
    facts: '3',
    headers: { 'x-sandbox-scheme': 'http' },
    status: 404,
    door: 'load-balancer',
  },
  // Regional
  {
    title: 'a regional balancer: IAP asks for an accessor of the regional backend',
    facts: '4',
    host: 'eu.example.org',
    as: 'cookie alice@example.com',
    given: regional,
    status: 403,
    door: 'iap',
    says: says.noAccess,
  },
  {
    title: 'a regional balancer lets in an accessor of all backends of the region',
    facts: '4',
    host: 'eu.example.org',
    as: 'cookie alice@example.com',
    given: (cloud) => {
      regional(cloud);
      const bindings = [{ role: 'roles/iap.httpsResourceAccessor', members: ['user:alice@example.com'] }];
      cloud.policies.set(`projects/111/iap_web/compute-${eu}`, { etag: 'AAAA', bindings });
    },
    status: 200,
    door: 'container',
  },
];

function regional(cloud: Cloud): void {
  const scope = `regions/${eu}`;
  addCompute(cloud, scope, 'backendServices', 'eu-backend', {
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    iap: { enabled: true },
    backends: [{ group: `${compute}/${scope}/networkEndpointGroups/shop-neg` }],
  });
  addCompute(cloud, scope, 'urlMaps', 'eu-map', {
    defaultService: `${compute}/${scope}/backendServices/eu-backend`,
    hostRules: [{ hosts: ['eu.example.org'], pathMatcher: 'm' }],
    pathMatchers: [{ name: 'm', defaultService: `${compute}/${scope}/backendServices/eu-backend` }],
  });
  addCompute(cloud, scope, 'targetHttpsProxies', 'eu-proxy', { urlMap: `${compute}/${scope}/urlMaps/eu-map` });
  addCompute(cloud, scope, 'forwardingRules', 'eu-rule', { target: `${compute}/${scope}/targetHttpsProxies/eu-proxy` });
}
