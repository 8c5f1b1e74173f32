import { compareText } from '../finding.ts';
import type { Backend, Inventory, PathMatcher, RouteTarget, UrlMap } from '../inventory.ts';

/**
 * The URLs that lead to a backend, as URL maps and certificates spell them (`https://shop.example.com/cart/*`), in order. Rules
 * that look at more than the path, or at patterns, are named by what they have; `https://*` is whatever host comes.
 */
export function listUrls(backend: Backend, { balancers }: Pick<Inventory, 'balancers'>): readonly string[] {
  const urls = (balancers?.frontends ?? []).flatMap(({ urlMap: name, protocol, certificates = [] }) => {
    const map = balancers?.urlMaps.find((one) => one.name === name);
    const certified = certificates.flatMap(({ domains = [] }) => domains);
    return map ? listOfMap(map, backend, certified).map((place) => `${protocol}://${place}`) : [];
  });
  return [...new Set(urls)].sort(compareText);
}

function listOfMap(map: UrlMap, backend: Backend, certified: readonly string[]): readonly string[] {
  const named = map.hostRules.flatMap(({ hosts }) => hosts);
  const places = map.hostRules.flatMap(({ hosts, pathMatcher }) => {
    const matcher = map.pathMatchers.find(({ name }) => name === pathMatcher);
    const paths = matcher ? listPaths(matcher, backend) : [];
    return hosts.flatMap((host) => paths.map((path) => `${host}${path}`));
  });
  const others = certified.filter((host) => !named.includes(host));
  const defaults = leadsTo(map.defaultTarget, backend) ? (others.length > 0 ? others : ['*']) : [];
  return [...places, ...defaults.map((host) => `${host}/`)];
}

function listPaths({ pathRules, routeRules, defaultTarget }: PathMatcher, backend: Backend): readonly string[] {
  const byPath = pathRules.flatMap(({ paths, target }) => (leadsTo(target, backend) ? paths : []));
  const byRoute = routeRules.flatMap(({ matches, target }) => {
    if (!leadsTo(target, backend)) return [];
    return matches.map(
      ({ prefix, fullPath, regex, pathTemplate }) => fullPath ?? regex ?? pathTemplate ?? `${prefix ?? '/'}*`,
    );
  });
  return [...(leadsTo(defaultTarget, backend) ? ['/'] : []), ...byPath, ...byRoute];
}

function leadsTo(target: RouteTarget, { name }: Backend): boolean {
  return target.kind === 'backends' && target.backends.some(({ backend }) => backend === name);
}
