import type { Cloud, ComputeRecord } from '../cloud.ts';
import { listAt, textAt, textsAt } from './json.ts';
import { coversHost, fitOfHost } from './match-host.ts';
import { type Resource, resolveLink } from './resolve-link.ts';

export type Scheme = 'https' | 'http';

export interface Balancer {
  readonly scheme: Scheme;
  readonly project: string;
  readonly urlMap: Resource;
  /** Names on its certificates, as far as Compute knows them. */
  readonly domains: readonly string[];
  /** Its certificates are Certificate Manager's, which Compute does not show. */
  readonly hasCertificateMap: boolean;
  readonly address: string | undefined;
}

const port = { https: 443, http: 80 } as const;

/**
 * The balancer that a host belongs to: the one whose URL map names it, else the one whose certificate covers it. Over plain
 * http, where there is no certificate: else the one with the address of the host's https balancer, else the only one of that
 * balancer's project. Global and regional ones alike. Undefined = none.
 */
export function findBalancer(cloud: Cloud, host: string, scheme: Scheme): Balancer | undefined {
  const all = listBalancers(cloud);
  const fronts = all.filter((each) => each.scheme === scheme);
  const named = best(fronts, ({ urlMap }) => fitOfNames(urlMap.record, host, scheme));
  if (named) return named;
  if (scheme === 'https') return fronts.find(({ domains }) => coversHost(domains, host));
  const secure = findBalancer(cloud, host, 'https');
  if (!secure) return undefined;
  const sameAddress = fronts.find(({ address }) => address !== undefined && address === secure.address);
  const ofProject = fronts.filter(({ project }) => project === secure.project);
  return sameAddress ?? (ofProject.length === 1 ? ofProject[0] : undefined);
}

/** The host rule of a URL map that a host falls under: exact, then the longest pattern, then `*`. */
export function hostRuleOf(urlMap: ComputeRecord, host: string, scheme: Scheme): unknown {
  return best(listAt(urlMap, 'hostRules'), (rule) => fitOfRule(rule, host, scheme));
}

/** Every way in for users that some forwarding rule opens. */
export function listBalancers(cloud: Cloud): Balancer[] {
  return [...cloud.compute].flatMap(([key, rule]) => {
    const project = /^projects\/([^/]+)\/(?:global|regions\/[^/]+)\/forwardingRules\/[^/]+$/.exec(key)?.[1];
    const proxy = project === undefined ? undefined : resolveLink(cloud, textAt(rule, 'target'));
    const scheme = schemeOf(proxy);
    const urlMap = resolveLink(cloud, textAt(proxy?.record, 'urlMap'));
    if (!project || !proxy || !scheme || !urlMap) return [];
    return [
      {
        scheme,
        project,
        urlMap,
        domains: domainsOf(cloud, proxy),
        hasCertificateMap: Boolean(textAt(proxy.record, 'certificateMap')),
        address: textAt(rule, 'IPAddress'),
      },
    ];
  });
}

function schemeOf(proxy: Resource | undefined): Scheme | undefined {
  if (proxy?.key.includes('/targetHttpsProxies/')) return 'https';
  return proxy?.key.includes('/targetHttpProxies/') ? 'http' : undefined;
}

function domainsOf(cloud: Cloud, { record }: Resource): string[] {
  return textsAt(record, 'sslCertificates').flatMap((link) => {
    const certificate = resolveLink(cloud, link)?.record;
    return [...textsAt(certificate, 'managed', 'domains'), ...textsAt(certificate, 'subjectAlternativeNames')];
  });
}

/** A bare `*` names no host. */
function fitOfNames(urlMap: ComputeRecord, host: string, scheme: Scheme): number {
  const fits = listAt(urlMap, 'hostRules').map((rule) => fitOfRule(rule, host, scheme));
  return Math.max(0, ...fits.filter((fit) => fit > 1));
}

function fitOfRule(rule: unknown, host: string, scheme: Scheme): number {
  return Math.max(0, ...textsAt(rule, 'hosts').map((pattern) => fitOfHost(pattern, host, port[scheme])));
}

/** The first of the best; undefined where nothing fits at all. */
function best<T>(all: readonly T[], fitOf: (one: T) => number): T | undefined {
  return all
    .map((one) => ({ one, fit: fitOf(one) }))
    .reduce<{ one?: T; fit: number }>((found, each) => (each.fit > found.fit ? each : found), { fit: 0 }).one;
}
