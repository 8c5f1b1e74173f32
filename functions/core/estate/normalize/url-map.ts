import type { PathMatcher, RouteMatch, RouteRule, RouteTarget, UrlMap } from '../../inventory.ts';
import { parseComputeName } from '../resource-name.ts';
import { type CanonicalProject, canonicalComputeName, type NormalizeOptions } from './canonical-project.ts';
import { type JsonRecord, parseList, parseRecord, parseText, parseTexts } from './fields.ts';

/** A Compute URL map, global or regional, in the words of the inventory; undefined for anything else. */
export function normalizeUrlMap(raw: unknown, { canonicalProject, name: given }: NormalizeOptions): UrlMap | undefined {
  const resource = parseRecord(raw);
  const name = canonicalComputeName(given ?? resource?.['selfLink'], canonicalProject);
  const parts = name === undefined ? undefined : parseComputeName(name);
  if (!resource || name === undefined || parts?.collection !== 'urlMaps') return undefined;
  return {
    name,
    project: parts.project,
    region: parts.region,
    hostRules: records(resource['hostRules']).map((rule) => ({
      hosts: parseTexts(rule['hosts']),
      pathMatcher: parseText(rule['pathMatcher']) ?? '',
    })),
    pathMatchers: records(resource['pathMatchers']).map((matcher) => normalizeMatcher(matcher, canonicalProject)),
    defaultTarget: targetOf(resource, 'default', canonicalProject),
  };
}

function normalizeMatcher(matcher: JsonRecord, canonical: CanonicalProject): PathMatcher {
  return {
    name: parseText(matcher['name']) ?? '',
    pathRules: records(matcher['pathRules']).map((rule) => ({
      paths: parseTexts(rule['paths']),
      target: targetOf(rule, 'rule', canonical),
    })),
    routeRules: records(matcher['routeRules']).map(
      (rule): RouteRule => ({
        priority: Number(rule['priority'] ?? 0),
        matches: records(rule['matchRules']).map(normalizeMatch),
        target: targetOf(rule, 'rule', canonical),
      }),
    ),
    defaultTarget: targetOf(matcher, 'default', canonical),
  };
}

function normalizeMatch(match: JsonRecord): RouteMatch {
  const [prefix, fullPath, regex, pathTemplate] = [
    parseText(match['prefixMatch']),
    parseText(match['fullPathMatch']),
    parseText(match['regexMatch']),
    parseText(match['pathTemplateMatch']),
  ];
  const others = [match['headerMatches'], match['queryParameterMatches'], match['metadataFilters']];
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(fullPath === undefined ? {} : { fullPath }),
    ...(regex === undefined ? {} : { regex }),
    ...(pathTemplate === undefined ? {} : { pathTemplate }),
    ignoreCase: match['ignoreCase'] === true,
    hasOtherConditions: others.some((list) => parseList(list).length > 0),
  };
}

const fields = {
  default: { service: 'defaultService', action: 'defaultRouteAction', redirect: 'defaultUrlRedirect' },
  rule: { service: 'service', action: 'routeAction', redirect: 'urlRedirect' },
} as const;

/** Google lets a rule have one of a service, weighted services and a redirect. */
function targetOf(owner: JsonRecord, kind: keyof typeof fields, canonical: CanonicalProject): RouteTarget {
  const { service, action, redirect } = fields[kind];
  const weighted = records(parseRecord(owner[action])?.['weightedBackendServices']).flatMap((one) => {
    const backend = canonicalComputeName(one['backendService'], canonical);
    const weight = Number(one['weight'] ?? 0);
    return backend !== undefined && weight > 0 ? [{ backend, weight }] : [];
  });
  if (weighted.length > 0) return { kind: 'backends', backends: weighted };
  const to = parseRecord(owner[redirect]);
  if (to) return normalizeRedirect(to);
  const name = canonicalComputeName(owner[service], canonical);
  if (name === undefined) return { kind: 'none' };
  if (parseComputeName(name)?.collection === 'backendBuckets') return { kind: 'bucket', bucket: name };
  return { kind: 'backends', backends: [{ backend: name, weight: 1 }] };
}

const statusOf: ReadonlyMap<unknown, number> = new Map([
  ['FOUND', 302],
  ['SEE_OTHER', 303],
  ['TEMPORARY_REDIRECT', 307],
  ['PERMANENT_REDIRECT', 308],
]);

function normalizeRedirect(to: JsonRecord): RouteTarget {
  const path = parseText(to['pathRedirect']) ?? parseText(to['prefixRedirect']) ?? '';
  return {
    kind: 'redirect',
    status: statusOf.get(to['redirectResponseCode']) ?? 301,
    https: to['httpsRedirect'] === true,
    to: `${parseText(to['hostRedirect']) ?? ''}${path}`,
  };
}

function records(value: unknown): readonly JsonRecord[] {
  return parseList(value)
    .map(parseRecord)
    .filter((one) => one !== undefined);
}
