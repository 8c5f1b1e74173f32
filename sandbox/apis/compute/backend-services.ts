import { createHash } from 'node:crypto';
import { GoogleError } from '../../api.ts';
import type { ComputeRecord } from '../../cloud.ts';
import { type JsonObject, objectIn } from '../parse-object.ts';
import { buildIapAgentEmail } from '../service-agents.ts';
import type { ComputeCollection, WriteContext } from './collection.ts';
import { invalid } from './place.ts';
import { buildReferrers, resolveFullUrl } from './references.ts';

const defaults = {
  backends: [],
  timeoutSec: 30,
  port: 80,
  protocol: 'HTTP',
  sessionAffinity: 'NONE',
  affinityCookieTtlSec: 0,
  loadBalancingScheme: 'EXTERNAL',
  enableCDN: false,
  connectionDraining: { drainingTimeoutSec: 0 },
} as const;

/** Backend services: `iap` never gives its secret back, and switching it on creates the project's IAP service agent. */
export const backendServices: ComputeCollection = {
  plural: 'backendServices',
  singular: 'backendService',
  kind: 'compute#backendService',
  aggregatedKind: 'compute#backendServiceAggregatedList',
  aggregatedBy: 'backendServices',
  scopes: [
    { scope: 'global', resource: 'backendServices', writes: ['insert', 'patch', 'update', 'delete'] },
    { scope: 'region', resource: 'regionBackendServices', writes: ['insert', 'patch', 'update', 'delete'] },
  ],
  monitoredType: 'gce_backend_service',
  hasFingerprint: true,
  complete(given, context) {
    const { iap, ...rest } = given;
    const backends = Array.isArray(given['backends']) ? given['backends'] : [];
    return {
      ...defaults,
      ...rest,
      backends: backends.map((backend, index) => completeBackend(objectIn(backend) ?? {}, index, context)),
      ...(iap === undefined ? {} : { iap: completeIap(objectIn(iap) ?? {}, objectIn(context.before?.['iap'])) }),
    };
  },
  afterWrite(record, { cloud, place }) {
    if (objectIn(record['iap'])?.['enabled'] !== true || cloud.provisionsIapAgents === false) return;
    cloud.serviceAccounts.add(buildIapAgentEmail(place.project));
  },
  present(records, cloud) {
    const referrers = buildReferrers(cloud, (key) => key.includes('/urlMaps/'));
    return records.map((record) => withUsedBy(record, referrers));
  },
};

function completeBackend(backend: JsonObject, index: number, { cloud }: WriteContext): JsonObject {
  const field = `resource.backends[${index}].group`;
  const group = backend['group'];
  if (typeof group !== 'string') throw invalid(field, group, 'The URL is malformed.');
  const link = resolveFullUrl(group, field, cloud);
  if (!/\/(networkEndpointGroups|instanceGroups)\/[^/]+$/.test(link))
    throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid value for field '${field}': '${group}'.`, 'invalid');
  return { balancingMode: 'UTILIZATION', capacityScaler: 1, ...backend, group: link };
}

/** The secret leaves at once; its SHA-256 stays as long as the client ID does. An empty client ID goes back to Google's own client. */
function completeIap(given: JsonObject, before: JsonObject | undefined): JsonObject {
  const { oauth2ClientSecret: secret, oauth2ClientSecretSha256: _outputOnly, ...iap } = given;
  const clientId = typeof iap['oauth2ClientId'] === 'string' ? iap['oauth2ClientId'].trim() : '';
  if (clientId === '') return { enabled: iap['enabled'] === true };
  const isSameClient = before?.['oauth2ClientId'] === clientId;
  const sha256 =
    typeof secret === 'string' && secret !== '' ? hashOf(secret) : isSameClient && before['oauth2ClientSecretSha256'];
  return {
    enabled: iap['enabled'] === true,
    oauth2ClientId: clientId,
    ...(sha256 ? { oauth2ClientSecretSha256: sha256 } : {}),
  };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function withUsedBy(record: ComputeRecord, referrers: ReadonlyMap<string, readonly string[]>): ComputeRecord {
  const users = referrers.get(record.selfLink);
  return users ? { ...record, usedBy: users.map((reference) => ({ reference })) } : record;
}
