import type { Certificate } from '../../inventory.ts';
import { parseComputeName } from '../resource-name.ts';
import { canonicalComputeName, type NormalizeOptions } from './canonical-project.ts';
import { parseList, parseRecord, parseText, parseTexts } from './fields.ts';

/** A forwarding rule before a proxy: address, ports, and what takes the requests. */
export interface ForwardingRule {
  readonly name: string;
  readonly project: string;
  readonly region: string;
  readonly address?: string;
  readonly ports: string;
  readonly loadBalancingScheme: string;
  /** Full resource name of the proxy; other targets (a network balancer's backend, a VPN gateway) make no frontend. */
  readonly proxy: string;
}

/** A target HTTP or HTTPS proxy. */
export interface TargetProxy {
  readonly name: string;
  readonly protocol: 'http' | 'https';
  readonly urlMap?: string;
  /** Names of its certificates; absent = they are held by a certificate map, or by Certificate Manager. */
  readonly certificates?: readonly string[];
}

/** A forwarding rule, global or regional; undefined for anything else, and for one that leads to no HTTP(S) proxy. */
export function normalizeForwardingRule(raw: unknown, options: NormalizeOptions): ForwardingRule | undefined {
  const found = open(raw, options, ['forwardingRules', 'globalForwardingRules']);
  const proxy = canonicalComputeName(found?.resource['target'], options.canonicalProject);
  if (!found || proxy === undefined || !isProxy(proxy)) return undefined;
  const { resource, ...where } = found;
  const address = parseText(resource['IPAddress']);
  return {
    ...where,
    ...(address === undefined ? {} : { address }),
    ports: parseText(resource['portRange']) ?? parseTexts(resource['ports']).join(','),
    loadBalancingScheme: parseText(resource['loadBalancingScheme']) ?? 'EXTERNAL',
    proxy,
  };
}

/** A target HTTP or HTTPS proxy, global or regional; undefined for anything else. */
export function normalizeTargetProxy(raw: unknown, options: NormalizeOptions): TargetProxy | undefined {
  const found = open(raw, options, proxies);
  if (!found) return undefined;
  const { resource, name } = found;
  const urlMap = canonicalComputeName(resource['urlMap'], options.canonicalProject);
  const protocol = name.includes('/targetHttpsProxies/') ? 'https' : 'http';
  const links = parseTexts(resource['sslCertificates']);
  const certificates = links.map((link) => canonicalComputeName(link, options.canonicalProject));
  const isKnown =
    parseText(resource['certificateMap']) === undefined &&
    parseList(resource['certificateManagerCertificates']).length === 0;
  const known = certificates.filter((one) => one !== undefined);
  return {
    name,
    protocol,
    ...(urlMap === undefined ? {} : { urlMap }),
    ...(isKnown && known.length === links.length ? { certificates: known } : {}),
  };
}

/** A certificate of Compute's, with its domains where they are known: Google reads those of self-managed ones out of it. */
export function normalizeCertificate(raw: unknown, options: NormalizeOptions): Certificate | undefined {
  const found = open(raw, options, ['sslCertificates']);
  if (!found) return undefined;
  const { resource, name } = found;
  const managed = parseRecord(resource['managed']);
  const domains = [...parseTexts(managed?.['domains']), ...parseTexts(resource['subjectAlternativeNames'])];
  const status = parseText(managed?.['status']);
  return {
    name,
    ...(domains.length === 0 ? {} : { domains: domains.map((domain) => domain.toLowerCase().replace(/\.$/, '')) }),
    ...(status === undefined ? {} : { status }),
  };
}

const proxies = ['targetHttpsProxies', 'targetHttpProxies'];

function isProxy(name: string): boolean {
  return proxies.includes(parseComputeName(name)?.collection ?? '');
}

function open(raw: unknown, { canonicalProject, name: given }: NormalizeOptions, collections: readonly string[]) {
  const resource = parseRecord(raw);
  const name = canonicalComputeName(given ?? resource?.['selfLink'], canonicalProject);
  const parts = name === undefined ? undefined : parseComputeName(name);
  if (!resource || name === undefined || !parts || !collections.includes(parts.collection)) return undefined;
  return { resource, name, project: parts.project, region: parts.region };
}
