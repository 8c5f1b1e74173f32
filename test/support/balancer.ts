import type { Backend, Balancers, Frontend, RouteTarget, UrlMap } from '../../functions/core/inventory.ts';

const compute = '//compute.googleapis.com/projects/acme-prod';

/** A target that is these backends, each with the same weight. */
export function to(...backends: readonly (Backend | string)[]): RouteTarget {
  return {
    kind: 'backends',
    backends: backends.map((one) => ({
      backend: typeof one === 'string' ? `${compute}/global/backendServices/${one}` : one.name,
      weight: 100,
    })),
  };
}

/** A URL map with only a default target, unless more is given. */
export function urlMap(defaultTarget: RouteTarget, over: Partial<UrlMap> = {}): UrlMap {
  return {
    name: `${compute}/global/urlMaps/shop-map`,
    project: 'acme-prod',
    region: 'global',
    hostRules: [],
    pathMatchers: [],
    defaultTarget,
    ...over,
  };
}

/** An external HTTPS frontend of a URL map with one certificate for `shop.acme.example`. */
export function frontend(map: UrlMap, over: Partial<Frontend> = {}): Frontend {
  return {
    name: `${compute}/global/forwardingRules/shop-https`,
    project: 'acme-prod',
    region: 'global',
    address: '203.0.113.7',
    ports: '443-443',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    protocol: 'https',
    proxy: `${compute}/global/targetHttpsProxies/shop-proxy`,
    urlMap: map.name,
    certificates: [
      { name: `${compute}/global/sslCertificates/shop`, domains: ['shop.acme.example'], status: 'ACTIVE' },
    ],
    ...over,
  };
}

/** Each map with one frontend of its own. */
export function balancers(...maps: readonly UrlMap[]): Balancers {
  return {
    urlMaps: maps,
    frontends: maps.map((map, at) => frontend(map, { name: `${compute}/global/forwardingRules/f${at}` })),
  };
}
