import { findProject } from '../apis/find-project.ts';
import type { Cloud, ComputeRecord } from '../cloud.ts';
import { at, listAt, textAt, textsAt } from './json.ts';

export interface Resource {
  /** `projects/ID/global/backendServices/B` */
  readonly key: string;
  readonly record: ComputeRecord;
}

/**
 * The backend service that a host and path lead to: host -> forwarding rule -> HTTPS proxy -> URL map -> backend. A host
 * belongs to the balancer whose URL map names it, else to the one whose certificate does. Undefined = no balancer serves it.
 */
export function findBackend(cloud: Cloud, host: string, path: string): Resource | undefined {
  const fronts = balancers(cloud);
  const front =
    fronts.find(({ urlMap }) => hostRuleOf(urlMap, host)) ?? fronts.find(({ domains }) => domains.includes(host));
  if (!front) return undefined;
  const service = serviceOf(front.urlMap, host, path);
  return service === undefined ? undefined : resolveLink(cloud, service);
}

/** Every host that some balancer serves, for a message. */
export function knownHosts(cloud: Cloud): string[] {
  const hosts = balancers(cloud).flatMap(({ domains, urlMap }) => [
    ...domains,
    ...listAt(urlMap, 'hostRules').flatMap((rule) => textsAt(rule, 'hosts')),
  ]);
  return [...new Set(hosts)].sort();
}

interface Balancer {
  readonly urlMap: ComputeRecord;
  /** Of its certificates. */
  readonly domains: readonly string[];
}

function balancers(cloud: Cloud): Balancer[] {
  return [...cloud.compute].flatMap(([key, rule]) => {
    if (!/^projects\/[^/]+\/(global|regions\/[^/]+)\/forwardingRules\/[^/]+$/.test(key)) return [];
    const proxy = resolveLink(cloud, textAt(rule, 'target'));
    if (!proxy?.key.includes('/targetHttpsProxies/')) return [];
    const urlMap = resolveLink(cloud, textAt(proxy.record, 'urlMap'));
    if (!urlMap) return [];
    const certificates = textsAt(proxy.record, 'sslCertificates').map((link) => resolveLink(cloud, link)?.record);
    const domains = certificates.flatMap((each) => [
      ...textsAt(each, 'managed', 'domains'),
      ...textsAt(each, 'subjectAlternativeNames'),
    ]);
    return [{ urlMap: urlMap.record, domains: domains.map((domain) => domain.toLowerCase()) }];
  });
}

/** A Compute link in any spelling as the resource it names. */
export function resolveLink(cloud: Cloud, link: string | undefined): Resource | undefined {
  const [, project, rest] = /projects\/([^/]+)\/(.+)$/.exec(link ?? '') ?? [];
  if (project === undefined) return undefined;
  const key = `projects/${findProject(cloud, project)?.projectId ?? project}/${rest}`;
  const record = cloud.compute.get(key);
  return record && { key, record };
}

function hostRuleOf(urlMap: ComputeRecord, host: string): unknown {
  return listAt(urlMap, 'hostRules').find((rule) => textsAt(rule, 'hosts').some((each) => each.toLowerCase() === host));
}

function serviceOf(urlMap: ComputeRecord, host: string, path: string): string | undefined {
  const rule = hostRuleOf(urlMap, host) ?? hostRuleOf(urlMap, '*');
  const matcher = listAt(urlMap, 'pathMatchers').find((each) => at(each, 'name') === at(rule, 'pathMatcher'));
  if (rule === undefined || matcher === undefined) return targetOf(urlMap, 'default');
  return pathRuleTarget(matcher, path) ?? routeRuleTarget(matcher, path) ?? targetOf(matcher, 'default');
}

/** The longest pattern wins, whatever the order. */
function pathRuleTarget(matcher: unknown, path: string): string | undefined {
  const matches = listAt(matcher, 'pathRules').flatMap((rule) =>
    textsAt(rule, 'paths')
      .filter((pattern) => matchesPath(pattern, path))
      .map((pattern) => ({ pattern, rule })),
  );
  const best = matches.sort((a, b) => b.pattern.length - a.pattern.length)[0];
  return best && targetOf(best.rule, 'rule');
}

/** `/shop/*` does not match `/shop`: Google's own examples always list both. */
function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** By priority; a rule without conditions matches everything. */
function routeRuleTarget(matcher: unknown, path: string): string | undefined {
  const rules = listAt(matcher, 'routeRules').toSorted((a, b) => Number(at(a, 'priority')) - Number(at(b, 'priority')));
  const rule = rules.find((each) => {
    const conditions = listAt(each, 'matchRules');
    return conditions.length === 0 || conditions.some((condition) => matchesRoute(condition, path));
  });
  return rule === undefined ? undefined : targetOf(rule, 'rule');
}

function matchesRoute(condition: unknown, path: string): boolean {
  const full = textAt(condition, 'fullPathMatch');
  return full === undefined ? path.startsWith(textAt(condition, 'prefixMatch') ?? '/') : full === path;
}

/** Its service, or the heaviest of its weighted ones. */
function targetOf(owner: unknown, kind: 'default' | 'rule'): string | undefined {
  const [service, action] = kind === 'default' ? ['defaultService', 'defaultRouteAction'] : ['service', 'routeAction'];
  const weighted = listAt(owner, action, 'weightedBackendServices').toSorted(
    (a, b) => Number(at(b, 'weight') ?? 0) - Number(at(a, 'weight') ?? 0),
  );
  return textAt(owner, service) ?? textAt(weighted[0], 'backendService');
}
