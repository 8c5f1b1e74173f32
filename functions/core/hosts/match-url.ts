import { compareText } from '../finding.ts';
import type { Balancers, Frontend, RouteTarget, UrlMap } from '../inventory.ts';
import { isCovered, listensOn, matchHost } from './match-host.ts';
import { type MatchDoubt, matchRoute, type Route } from './match-route.ts';

/** Where a URL leads, as far as what was read says it. */
export interface UrlMatch {
  /**
   * `certain`: exactly the one target of `candidates`, or (none) no balancer that was read serves the host. `ambiguous`:
   * one of several, and something that was not read decides (DNS, headers). `unknown`: part of the answer is missing.
   */
  readonly certainty: 'certain' | 'ambiguous' | 'unknown';
  /** Why it is not certain; empty when it is. */
  readonly why: readonly MatchDoubt[];
  /** In lower case, without port; empty for a text that is no web address. */
  readonly host: string;
  /** One for each URL map that may take the request, with the frontends before it. */
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly frontends: readonly Frontend[];
  /** Absent: the proxy's URL map was not read. */
  readonly urlMap?: UrlMap;
  /** The rule that takes it, as a person finds it in the URL map. */
  readonly rule: string;
  /** Where it may go; more than one where the URL alone does not decide. */
  readonly targets: readonly RouteTarget[];
  readonly doubts: readonly MatchDoubt[];
}

export interface MatchOptions {
  /** Balancers with internal addresses are not asked: the caller is Google or somebody outside. Default: all are. */
  readonly fromOutside?: boolean;
}

/**
 * Matches a URL to its backend as the URL maps would. A host belongs to a balancer whose URL map names it, or whose
 * certificates hold it; a `*` alone says nothing about whose host it is. Only DNS decides between two balancers that both
 * fit, and DNS is not read.
 */
export function matchUrl(url: string, balancers: Balancers, { fromOutside = false }: MatchOptions = {}): UrlMatch {
  const parsed = URL.parse(url);
  if (!parsed || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    return { certainty: 'unknown', why: ['not-a-web-address'], host: '', candidates: [] };
  }
  const { protocol, port, pathname } = parsed;
  const host = parsed.hostname.toLowerCase().replace(/\.$/, '');
  if (isGoogles(host)) return { certainty: 'certain', why: [], host, candidates: [] };
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const fronts = balancers.frontends.filter(
    (front) =>
      `${front.protocol}:` === protocol &&
      listensOn(front, number) &&
      !(fromOutside && front.loadBalancingScheme.startsWith('INTERNAL')),
  );
  const all = groupByMap(fronts, balancers).flatMap((group) => toCandidate(group, { host, port, path: pathname }));
  const sure = all.filter(({ isSure }) => isSure);
  const candidates = (sure.length > 0 ? sure : all).map(({ isSure: _, ...candidate }) => candidate);
  return { ...judge(candidates, balancers), host, candidates };
}

/** Hosts of Google's own: no customer's balancer can serve them. */
export function isGoogles(host: string): boolean {
  return /\.(run\.app|cloudfunctions\.net|appspot\.com|googleapis\.com)$/.test(host);
}

function judge(candidates: readonly Candidate[], { unread = [] }: Balancers): Pick<UrlMatch, 'certainty' | 'why'> {
  if (candidates.length === 0) {
    return unread.length === 0
      ? { certainty: 'certain', why: [] }
      : { certainty: 'unknown', why: ['balancers-not-read'] };
  }
  const targets = new Set(candidates.flatMap((one) => one.targets.map(placeOf)));
  const doubts = new Set(candidates.flatMap((one) => one.doubts));
  const isMissing = [...doubts].some((doubt) => doubt !== 'route-looks-at-more-than-the-path');
  if (isMissing) return { certainty: 'unknown', why: [...doubts].sort(compareText) };
  if (targets.size === 1) return { certainty: 'certain', why: [] };
  if (candidates.length > 1) doubts.add('several-balancers');
  return { certainty: 'ambiguous', why: [...doubts].sort(compareText) };
}

/** Where a target leads, whatever the weights: two ways that share a request otherwise still lead to the same backends. */
function placeOf(target: RouteTarget): string {
  if (target.kind !== 'backends') return JSON.stringify(target);
  return [...new Set(target.backends.map(({ backend }) => backend))].sort(compareText).join('\n');
}

interface Group {
  readonly frontends: readonly Frontend[];
  readonly urlMap: UrlMap | undefined;
}

/** Frontends before one and the same URL map (IPv4 and IPv6, two regions of addresses) lead to the same place. */
function groupByMap(fronts: readonly Frontend[], balancers: Balancers): readonly Group[] {
  const maps = mapsOf(balancers);
  const byMap = Map.groupBy(fronts, ({ urlMap, proxy }) => urlMap ?? `proxy ${proxy}`);
  return [...byMap].map(([name, frontends]) => ({ frontends, urlMap: maps.get(name) }));
}

const known = new WeakMap<Balancers, ReadonlyMap<string, UrlMap>>();

/** Made once for all URLs that are matched against the same balancers. */
function mapsOf(balancers: Balancers): ReadonlyMap<string, UrlMap> {
  const maps = known.get(balancers) ?? new Map(balancers.urlMaps.map((map) => [map.name, map]));
  known.set(balancers, maps);
  return maps;
}

interface Asked {
  readonly host: string;
  /** Empty for the protocol's own. */
  readonly port: string;
  readonly path: string;
}

type Found = Candidate & { readonly isSure: boolean };

function toCandidate({ frontends: all, urlMap }: Group, { host, port, path }: Asked): readonly Found[] {
  const named = urlMap && matchHost(urlMap, host, port);
  const sides = all.map((front) => ({ front, covered: isCovered(front, host) }));
  const open = sides.filter(({ covered }) => covered !== false);
  const isCertified = open.some(({ covered }) => covered === true);
  const isSure = isCertified || (named?.isNamed === true && open.length > 0);
  const doubts: MatchDoubt[] = [];
  if (!isSure) {
    // Neither the map nor a certificate knows the host: nobody's sign points here.
    if (open.length === 0 && !named?.isNamed) return [];
    doubts.push(open.length === 0 ? 'certificates-do-not-cover' : 'certificates-not-known');
  }
  const frontends = (open.length > 0 ? open : sides).map(({ front }) => front);
  if (!urlMap || !named) {
    return [{ frontends, rule: '', targets: [], doubts: [...doubts, 'url-map-not-read'], isSure }];
  }
  const route = routeOf(urlMap, named.pathMatcher, path);
  return [{ frontends, urlMap, ...route, doubts: [...doubts, ...route.doubts], isSure }];
}

function routeOf({ pathMatchers, defaultTarget }: UrlMap, name: string | undefined, path: string): Route {
  if (name === undefined) return { rule: 'default', targets: [defaultTarget], doubts: [] };
  const matcher = pathMatchers.find((one) => one.name === name);
  return matcher ? matchRoute(matcher, path) : { rule: '', targets: [], doubts: ['path-matcher-missing'] };
}
