import type { Json, Pushes } from './oracle-types.ts';
import { asList, asObject, asText } from './read-lines.ts';

/** Where a URL may lead: each place once (backends joined, or a word), why that is not sure, and the backends in it. */
export interface Followed {
  readonly reason: string | undefined;
  readonly backends: readonly string[];
  /** Part of the map of ways is missing. */
  readonly isBlind: boolean;
}

interface Way {
  readonly map: string;
  readonly isSure: boolean;
  readonly places: readonly (readonly string[])[];
  readonly doubts: readonly string[];
}

/** docs/decisions/0013, line by line; the contract says "served by": what a URL map would do. */
export function followUrl(endpoint: string, pushes: Pushes): Followed {
  const url = new URL(endpoint);
  const host = url.hostname;
  // "Google's own hosts are nobody's"
  if (['.run.app', '.cloudfunctions.net', '.appspot.com', '.googleapis.com'].some((end) => host.endsWith(end))) {
    return { reason: undefined, backends: [], isBlind: false };
  }
  const fronts = [];
  let isProxyMissing = false;
  for (const rule of pushes.rules.values()) {
    const target = pushes.canonical(rule['target']);
    if (!/\/targetHttps?Proxies\//.test(target)) continue;
    const proxy = pushes.proxies.get(target);
    if (proxy === undefined) isProxyMissing = true;
    // Pub/Sub's endpoints are https on port 443 here; "Google pushes from outside"
    else if (target.includes('/targetHttpsProxies/') && holdsPort(asText(rule['portRange']), 443)) {
      if (!asText(rule['loadBalancingScheme']).startsWith('INTERNAL')) fronts.push(proxy);
    }
  }
  const ways: Way[] = [];
  for (const map of new Set(fronts.map((proxy) => pushes.canonical(proxy['urlMap'])))) {
    const covers = fronts
      .filter((proxy) => pushes.canonical(proxy['urlMap']) === map)
      .map((proxy) => covering(proxy, host, pushes));
    const way = wayThrough(map, covers, url, pushes);
    if (way !== undefined) ways.push(way);
  }
  const sure = ways.filter(({ isSure }) => isSure);
  return conclude(sure.length > 0 ? sure : ways, isProxyMissing);
}

function conclude(ways: readonly Way[], isProxyMissing: boolean): Followed {
  const doubts = new Set(ways.flatMap((way) => way.doubts));
  const places = ways.flatMap((way) => way.places);
  const backends = [...new Set(places.flat().filter((one) => one.includes('/backendServices/')))];
  const isBlind = doubts.has('url-map-not-read') || doubts.has('path-matcher-missing');
  if (ways.length === 0) {
    return isProxyMissing
      ? { reason: 'balancers-not-read', backends, isBlind: true }
      : { reason: undefined, backends, isBlind };
  }
  const distinct = new Set(places.map((place) => [...new Set(place)].sort().join(' ')));
  const header = 'route-looks-at-more-than-the-path';
  if ([...doubts].every((doubt) => doubt === header)) {
    if (distinct.size <= 1) return { reason: undefined, backends, isBlind };
    if (ways.length > 1) doubts.add('several-balancers');
  }
  return { reason: [...doubts].sort()[0], backends, isBlind };
}

function holdsPort(range: string, port: number): boolean {
  if (range === '') return true;
  const [first = 0, last = first] = range.split('-').map(Number);
  return first <= port && port <= last;
}

type Cover = 'yes' | 'no' | 'unknown';

function covering(proxy: Json, host: string, pushes: Pushes): Cover {
  if (asText(proxy['certificateMap']) !== '') return 'unknown';
  let answer: Cover = 'no';
  for (const link of asList(proxy['sslCertificates'])) {
    const data = pushes.certificates.get(pushes.canonical(link)) ?? {};
    const domains = [...asList(asObject(data['managed'])?.['domains']), ...asList(data['subjectAlternativeNames'])].map(
      (one) => asText(one).toLowerCase(),
    );
    if (domains.length === 0) answer = 'unknown';
    // "A certificate's `*.x` is one label"
    const [, ...rest] = host.split('.');
    if (domains.includes(host) || domains.includes(['*', ...rest].join('.'))) return 'yes';
  }
  return answer;
}

/** Whose host it is, and then host rule, path rule, route rule; undefined = nobody's sign points here. */
function wayThrough(name: string, covers: readonly Cover[], url: URL, pushes: Pushes): Way | undefined {
  const map = pushes.urlMaps.get(name);
  const matcherName = map && hostRule(map, url.hostname);
  const isNamed = map !== undefined && matcherName !== undefined && isNamedIn(map, url.hostname);
  const open = covers.filter((cover) => cover !== 'no');
  const isSure = covers.includes('yes') || (isNamed && open.length > 0);
  if (!isSure && open.length === 0 && !isNamed) return undefined;
  const doubts = isSure ? [] : [open.length === 0 ? 'certificates-do-not-cover' : 'certificates-not-known'];
  if (map === undefined) return { map: name, isSure, places: [], doubts: [...doubts, 'url-map-not-read'] };
  if (matcherName === undefined) return { map: name, isSure, places: [placeIn(map, 'default', pushes)], doubts };
  const matcher = asList(map['pathMatchers'])
    .map(asObject)
    .find((one) => one?.['name'] === matcherName);
  if (matcher === undefined) return { map: name, isSure, places: [], doubts: [...doubts, 'path-matcher-missing'] };
  const route = routeIn(matcher, url.pathname, pushes);
  return { map: name, isSure, places: route.places, doubts: [...doubts, ...route.doubts] };
}

function allHosts(map: Json): readonly (readonly [string, string])[] {
  return asList(map['hostRules']).flatMap((rule) =>
    asList(asObject(rule)?.['hosts']).map((one) => [asText(one), asText(asObject(rule)?.['pathMatcher'])] as const),
  );
}

function takesHost(pattern: string, host: string): boolean {
  return pattern === host || pattern === '*' || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}

/** "the name itself, then the longest `*.x`, then `*`" */
function hostRule(map: Json, host: string): string | undefined {
  const rank = (pattern: string) => (pattern === host ? 1000 : pattern.length);
  const taking = allHosts(map).filter(([pattern]) => takesHost(pattern, host));
  return taking.sort(([a], [b]) => rank(b) - rank(a))[0]?.[1];
}

/** "`*` names nobody" */
function isNamedIn(map: Json, host: string): boolean {
  return allHosts(map).some(([pattern]) => pattern !== '*' && takesHost(pattern, host));
}

function routeIn(matcher: Json, path: string, pushes: Pushes): Pick<Way, 'places' | 'doubts'> {
  const routes = asList(matcher['routeRules']).map((one) => asObject(one) ?? {});
  if (routes.length > 0) return byPriority(routes, matcher, path, pushes);
  const rules = asList(matcher['pathRules']).flatMap((rule) =>
    asList(asObject(rule)?.['paths']).map((one) => ({ pattern: asText(one), rule: asObject(rule) ?? {} })),
  );
  // "an exact path before `/a/*`, then the longest; `/a/*` does not take `/a`"
  const exact = rules.find(({ pattern }) => pattern === path && !pattern.endsWith('*'));
  const below = rules
    .filter(({ pattern }) => pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1)))
    .sort((a, b) => b.pattern.length - a.pattern.length);
  const best = exact ?? below[0];
  return { places: [best ? placeIn(best.rule, 'rule', pushes) : placeIn(matcher, 'default', pushes)], doubts: [] };
}

function byPriority(
  routes: readonly Json[],
  matcher: Json,
  path: string,
  pushes: Pushes,
): Pick<Way, 'places' | 'doubts'> {
  const places: (readonly string[])[] = [];
  const doubts: string[] = [];
  for (const route of [...routes].sort((a, b) => Number(a['priority']) - Number(b['priority']))) {
    const answers = asList(route['matchRules']).map((one) => answerOf(asObject(one) ?? {}, path));
    if (answers.includes('yes') || answers.length === 0) {
      return { places: [...places, placeIn(route, 'rule', pushes)], doubts };
    }
    const open = answers.filter((answer) => answer !== 'no');
    if (open.length === 0) continue;
    places.push(placeIn(route, 'rule', pushes));
    doubts.push(...open);
  }
  return { places: [...places, placeIn(matcher, 'default', pushes)], doubts };
}

function answerOf(match: Json, path: string): string {
  const full = asText(match['fullPathMatch']);
  const prefix = asText(match['prefixMatch']);
  const expression = asText(match['regexMatch']);
  // "run only where [...] no repeated groups"
  if (expression.includes(')+')) return 'path-pattern-not-evaluated';
  const isTaken =
    (full === '' || full === path) &&
    (prefix === '' || path.startsWith(prefix)) &&
    (expression === '' || new RegExp(`^${expression}$`).test(path));
  if (!isTaken) return 'no';
  return asList(match['headerMatches']).length > 0 ? 'route-looks-at-more-than-the-path' : 'yes';
}

function placeIn(owner: Json, kind: 'default' | 'rule', pushes: Pushes): readonly string[] {
  const action = asObject(owner[kind === 'default' ? 'defaultRouteAction' : 'routeAction']);
  const weighted = asList(action?.['weightedBackendServices']).map((one) => asObject(one) ?? {});
  // "all with a weight above 0"
  const heavy = weighted.filter((one) => Number(one['weight']) > 0);
  if (heavy.length > 0) return heavy.map((one) => pushes.canonical(one['backendService']));
  if (owner[kind === 'default' ? 'defaultUrlRedirect' : 'urlRedirect'] !== undefined) return ['redirect'];
  return [pushes.canonical(owner[kind === 'default' ? 'defaultService' : 'service'])];
}
