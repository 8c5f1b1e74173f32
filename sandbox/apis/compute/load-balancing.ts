import { createHash } from 'node:crypto';
import type { JsonObject } from '../parse-object.ts';
import { objectIn } from '../parse-object.ts';
import type { ComputeCollection, WriteContext } from './collection.ts';
import { invalid } from './place.ts';
import { resolveReferences } from './references.ts';

const resolve = (given: JsonObject, { cloud, place }: WriteContext) => resolveReferences(given, cloud, place);

/** URL maps: a map has somewhere to send a request that no rule takes. */
export const urlMaps: ComputeCollection = {
  plural: 'urlMaps',
  singular: 'urlMap',
  kind: 'compute#urlMap',
  aggregatedKind: 'compute#urlMapsAggregatedList',
  aggregatedBy: 'urlMaps',
  scopes: [
    { scope: 'global', resource: 'urlMaps', writes: ['insert', 'patch', 'update', 'delete'] },
    { scope: 'region', resource: 'regionUrlMaps', writes: ['insert', 'patch', 'update', 'delete'] },
  ],
  monitoredType: 'gce_url_map',
  hasFingerprint: true,
  complete(given, context) {
    if (!given['defaultService'] && !given['defaultUrlRedirect'] && !given['defaultRouteAction'])
      throw invalid('resource', '', 'One of defaultService, defaultUrlRedirect and defaultRouteAction must be set.');
    return resolve(given, context);
  },
};

/** Target HTTPS proxies: a URL map and certificates. */
export const targetHttpsProxies: ComputeCollection = {
  plural: 'targetHttpsProxies',
  singular: 'targetHttpsProxy',
  kind: 'compute#targetHttpsProxy',
  aggregatedKind: 'compute#targetHttpsProxyAggregatedList',
  aggregatedBy: 'targetHttpsProxies',
  scopes: [
    { scope: 'global', resource: 'targetHttpsProxies', writes: ['insert', 'patch', 'delete'] },
    { scope: 'region', resource: 'regionTargetHttpsProxies', writes: ['insert', 'patch', 'delete'] },
  ],
  monitoredType: 'gce_target_https_proxy',
  hasFingerprint: true,
  complete(given, context) {
    if (!given['urlMap']) throw invalid('resource.urlMap', given['urlMap'], 'A URL map is required.');
    return { quicOverride: 'NONE', ...resolve(given, context) };
  },
};

/** Target HTTP proxies: a URL map, and no certificate. */
export const targetHttpProxies: ComputeCollection = {
  plural: 'targetHttpProxies',
  singular: 'targetHttpProxy',
  kind: 'compute#targetHttpProxy',
  aggregatedKind: 'compute#targetHttpProxyAggregatedList',
  aggregatedBy: 'targetHttpProxies',
  scopes: [
    { scope: 'global', resource: 'targetHttpProxies', writes: ['insert', 'patch', 'delete'] },
    { scope: 'region', resource: 'regionTargetHttpProxies', writes: ['insert', 'delete'] },
  ],
  monitoredType: 'gce_target_http_proxy',
  hasFingerprint: true,
  complete(given, context) {
    if (!given['urlMap']) throw invalid('resource.urlMap', given['urlMap'], 'A URL map is required.');
    return resolve(given, context);
  },
};

/** Forwarding rules, global and regional: an address, a port and the proxy behind them. */
export const forwardingRules: ComputeCollection = {
  plural: 'forwardingRules',
  singular: 'forwardingRule',
  kind: 'compute#forwardingRule',
  aggregatedKind: 'compute#forwardingRuleAggregatedList',
  aggregatedBy: 'forwardingRules',
  scopes: [
    { scope: 'global', resource: 'globalForwardingRules', writes: ['insert', 'patch', 'delete'] },
    { scope: 'region', resource: 'forwardingRules', writes: ['insert', 'patch', 'delete'] },
  ],
  monitoredType: 'gce_forwarding_rule',
  hasFingerprint: true,
  complete(given, context) {
    const port = given['portRange'];
    return {
      IPProtocol: 'TCP',
      loadBalancingScheme: 'EXTERNAL',
      networkTier: 'PREMIUM',
      ...resolve(given, context),
      IPAddress: given['IPAddress'] ?? addressOf(context),
      ...(typeof port === 'string' ? { portRange: port.includes('-') ? port : `${port}-${port}` } : {}),
    };
  },
};

/** Certificates: managed ones are active at once here, self-managed ones keep no private key. */
export const sslCertificates: ComputeCollection = {
  plural: 'sslCertificates',
  singular: 'sslCertificate',
  kind: 'compute#sslCertificate',
  aggregatedKind: 'compute#sslCertificateAggregatedList',
  aggregatedBy: 'sslCertificates',
  scopes: [
    { scope: 'global', resource: 'sslCertificates', writes: ['insert', 'delete'] },
    { scope: 'region', resource: 'regionSslCertificates', writes: ['insert', 'delete'] },
  ],
  monitoredType: 'gce_ssl_certificate',
  hasFingerprint: false,
  complete(given) {
    const { privateKey: _inputOnly, ...rest } = given;
    const managed = objectIn(given['managed']);
    if (!managed) return { type: 'SELF_MANAGED', ...rest };
    const domains = (Array.isArray(managed['domains']) ? managed['domains'] : []).map(String);
    return {
      type: 'MANAGED',
      ...rest,
      managed: {
        domains,
        status: 'ACTIVE',
        domainStatus: Object.fromEntries(domains.map((domain) => [domain, 'ACTIVE'])),
      },
    };
  },
};

/** An address of the documentation network, the same for the same place and map size. */
function addressOf({ cloud, place }: WriteContext): string {
  const seed = `${place.project.projectId} ${place.region ?? 'global'} ${cloud.compute.size}`;
  const host = createHash('sha256').update(seed).digest().readUInt8(0);
  return `203.0.113.${Math.max(1, Math.min(254, host))}`;
}
