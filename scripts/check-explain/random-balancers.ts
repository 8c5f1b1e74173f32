import type { Cloud } from '../../sandbox/cloud.ts';
import type { Dice } from '../../test/oracle/dice.ts';
import * as names from './names.ts';

const compute = 'https://www.googleapis.com/compute/v1';

/** Endpoint groups, backends and one or two balancers; gives back the policy keys of the backends. */
export function randomBalancers(cloud: Cloud, dice: Dice, regions: readonly string[]): readonly string[] {
  const add = adder(cloud);
  for (const service of names.services) {
    for (const region of regions) {
      add(`regions/${region}`, 'networkEndpointGroups', `${service}-neg`, {
        networkEndpointType: 'SERVERLESS',
        ...negTarget(dice, service),
      });
    }
  }
  const isRegional = dice.chance(0.12);
  const scope = isRegional ? `regions/${regions[0]}` : 'global';
  const type = isRegional ? `compute-${regions[0]}` : 'compute';
  const isInternal = dice.chance(0.12);
  const scheme = isInternal ? 'INTERNAL_MANAGED' : dice.pick(['EXTERNAL_MANAGED', 'EXTERNAL_MANAGED', 'EXTERNAL']);
  const keys = names.services.map((service) => {
    const own = regions.filter((region, at) =>
      isRegional ? at === 0 : dice.chance(region === regions[0] ? 0.97 : 0.9),
    );
    const iap = dice.chance(0.65)
      ? { enabled: true, ...(dice.chance(0.7) ? { oauth2ClientId: names.clientId } : {}) }
      : undefined;
    const id = add(scope, 'backendServices', `${service}-backend`, {
      loadBalancingScheme: scheme,
      ...(iap ? { iap } : {}),
      backends: own.map((region) => ({ group: link(`regions/${region}`, 'networkEndpointGroups', `${service}-neg`) })),
    });
    return `projects/${names.number}/iap_web/${type}/services/${id}`;
  });
  const backend = (service: string) => link(scope, 'backendServices', `${service}-backend`);
  const url = buildUrlMap(dice, backend);
  add(scope, 'urlMaps', 'map', url);
  const all = [
    'shop.example.com',
    'api.example.com',
    '*.wild.example.com',
    ...(dice.chance(0.5) ? ['plain.example.org'] : []),
  ];
  addFront(add, {
    scope,
    id: 'front',
    map: 'map',
    scheme,
    domains: dice.chance(0.85) ? all : all.slice(0, 1),
    hasMap: dice.chance(0.06),
  });
  if (dice.chance(0.6)) {
    const named = dice.chance(0.5) ? ['shop.example.com', 'api.example.com', '*.wild.example.com'] : [];
    add(scope, 'urlMaps', 'http-map', {
      hostRules: named.length > 0 ? [{ hosts: named, pathMatcher: 'm' }] : [],
      pathMatchers: [{ name: 'm', defaultUrlRedirect: { httpsRedirect: true, stripQuery: false } }],
      defaultUrlRedirect: { httpsRedirect: true, stripQuery: false },
    });
    add(scope, 'targetHttpProxies', 'http-proxy', { urlMap: link(scope, 'urlMaps', 'http-map') });
    add(scope, 'forwardingRules', 'http-front', {
      target: link(scope, 'targetHttpProxies', 'http-proxy'),
      IPAddress: '203.0.113.1',
      portRange: '80-80',
      loadBalancingScheme: scheme,
    });
  }
  if (dice.chance(0.12)) {
    add(scope, 'urlMaps', 'other-map', {
      defaultService: backend('admin'),
      hostRules: [{ hosts: [dice.pick(['plain.example.org', 'api.example.com'])], pathMatcher: 'm' }],
      pathMatchers: [{ name: 'm', defaultService: backend('admin') }],
    });
    addFront(add, {
      scope,
      id: 'other',
      map: 'other-map',
      scheme,
      domains: ['plain.example.org', 'api.example.com'],
      hasMap: false,
    });
  }
  return keys;
}

function negTarget(dice: Dice, service: string): object {
  if (dice.chance(0.06)) return { cloudRun: { urlMask: dice.pick(['/<service>', 'shop.example.com/<service>']) } };
  if (dice.chance(0.08)) return { cloudFunction: { function: service } };
  return { cloudRun: { service, ...(dice.chance(0.1) ? { tag: 'beta' } : {}) } };
}

function buildUrlMap(dice: Dice, backend: (service: string) => string): Record<string, unknown> {
  const weighted = {
    weightedBackendServices: [
      { backendService: backend('shop'), weight: 2 },
      { backendService: backend('api'), weight: 1 },
      { backendService: backend('admin'), weight: 0 },
    ],
  };
  const pathRules = [
    { paths: ['/api', '/api/*'], service: backend('api') },
    { paths: ['/api/v1/*'], service: backend('admin') },
    { paths: ['/admin/*'], service: backend('admin') },
    { paths: ['/old/*'], urlRedirect: { pathRedirect: '/new', redirectResponseCode: 'FOUND' } },
    { paths: ['/beta'], routeAction: weighted },
  ];
  const routeRules = [
    { priority: 3, matchRules: [{ prefixMatch: '/api' }], service: backend('api') },
    { priority: 1, matchRules: [{ fullPathMatch: '/cart' }], service: backend('admin') },
    ...(dice.chance(0.08)
      ? [
          {
            priority: 2,
            matchRules: [{ prefixMatch: '/', headerMatches: [{ headerName: 'x-stage', exactMatch: 'beta' }] }],
            service: backend('admin'),
          },
        ]
      : []),
    {
      priority: 4,
      matchRules: [{ regexMatch: '/admin/.*' }, { pathTemplateMatch: '/old/{name}' }],
      service: backend('admin'),
    },
  ];
  return {
    defaultService: backend('shop'),
    hostRules: [
      { hosts: ['shop.example.com'], pathMatcher: 'shop' },
      { hosts: ['api.example.com', '*.wild.example.com'], pathMatcher: 'api' },
    ],
    pathMatchers: [
      { name: 'shop', defaultService: backend('shop'), pathRules: dice.some(pathRules, 0.8) },
      dice.chance(0.3)
        ? { name: 'api', defaultRouteAction: weighted }
        : { name: 'api', defaultService: backend('api'), ...(dice.chance(0.5) ? { routeRules } : {}) },
    ],
  };
}

interface Front {
  readonly scope: string;
  readonly id: string;
  readonly map: string;
  readonly scheme: string;
  readonly domains: readonly string[];
  readonly hasMap: boolean;
}

function addFront(add: Add, { scope, id, map, scheme, domains, hasMap }: Front): void {
  add(scope, 'sslCertificates', `${id}-cert`, { type: 'MANAGED', managed: { domains, status: 'ACTIVE' } });
  add(scope, 'targetHttpsProxies', `${id}-proxy`, {
    urlMap: link(scope, 'urlMaps', map),
    ...(hasMap
      ? { certificateMap: '//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m' }
      : { sslCertificates: [link(scope, 'sslCertificates', `${id}-cert`)] }),
  });
  add(scope, 'forwardingRules', id, {
    target: link(scope, 'targetHttpsProxies', `${id}-proxy`),
    IPAddress: id === 'front' ? '203.0.113.1' : '203.0.113.2',
    portRange: '443-443',
    loadBalancingScheme: scheme,
  });
}

type Add = (scope: string, collection: string, name: string, fields: Record<string, unknown>) => string;

function adder(cloud: Cloud): Add {
  return (scope, collection, name, fields) => {
    const id = String(5000 + cloud.compute.size);
    cloud.compute.set(`projects/${names.project}/${scope}/${collection}/${name}`, {
      ...fields,
      name,
      id,
      selfLink: link(scope, collection, name),
    });
    return id;
  };
}

function link(scope: string, collection: string, name: string): string {
  return `${compute}/projects/${names.project}/${scope}/${collection}/${name}`;
}
