import { createHash, randomUUID } from 'node:crypto';
import { buildRunReadyEntry } from './audit-ready-entry.ts';
import type { AuditedChange, Cloud, LogEntry } from './cloud.ts';

/**
 * Google's audit entries for a change (FACTS 1; shapes of the samples in `../shared/data/audit-samples`), in the order in
 * which they are written: one activity entry; for a Cloud Run v1 deployment also the system event that says it is ready;
 * for a long-running operation a first entry with everything and a last one that says it is done. A refused call leaves
 * one entry of severity ERROR.
 */
export function buildAuditEntries(change: AuditedChange, cloud: Cloud): LogEntry[] {
  const at = cloud.now();
  if (change.status) return [buildEntry(change, at, { response: undefined, severity: 'ERROR' })];
  if (change.operationId !== undefined) {
    return [buildEntry(change, at, { operation: 'first' }), buildLastEntry(change, new Date(at.getTime() + 1))];
  }
  const entry = buildEntry(change, at, {});
  const ready = buildRunReadyEntry(change, new Date(at.getTime() + 1));
  return ready ? [entry, ready] : [entry];
}

interface EntryVariant {
  readonly operation?: 'first';
  readonly severity?: string;
  readonly response?: undefined;
}

function buildEntry(change: AuditedChange, at: Date, variant: EntryVariant): LogEntry {
  const response = responseOf(change, variant);
  const request = change.request && { ...requestType(change), ...change.request };
  return {
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      ...(change.status ? { status: change.status } : {}),
      authenticationInfo: authenticationInfo(change),
      requestMetadata: {
        ...requestMetadata(change),
        requestAttributes: { time: at.toISOString(), auth: {} },
        destinationAttributes: {},
      },
      serviceName: change.serviceName,
      methodName: change.methodName,
      authorizationInfo: authorizationInfo(change),
      resourceName: change.resourceName,
      ...(change.serviceData ? { serviceData: change.serviceData } : {}),
      ...(request ? { request } : {}),
      ...(response ? { response } : {}),
      resourceLocation: { currentLocations: [change.location] },
    },
    ...envelope(change, at, variant.severity ?? 'NOTICE'),
    ...(variant.operation ? { operation: operationInfo(change, variant.operation) } : {}),
  };
}

/** Compute's last entry holds nothing of the request but its type; those of other services hold the resource as it is now. */
function buildLastEntry(change: AuditedChange, at: Date): LogEntry {
  const isCompute = change.serviceName === 'compute.googleapis.com';
  return {
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: authenticationInfo(change),
      requestMetadata: requestMetadata(change),
      serviceName: change.serviceName,
      methodName: change.methodName,
      resourceName: change.resourceName,
      ...(isCompute ? { request: requestType(change) } : {}),
      ...(!isCompute && change.response ? { response: change.response } : {}),
      ...(isCompute ? {} : { resourceLocation: { currentLocations: [change.location] } }),
    },
    ...envelope(change, at, 'NOTICE'),
    operation: operationInfo(change, 'last'),
  };
}

function authenticationInfo({ caller }: AuditedChange): Record<string, unknown> {
  return { principalEmail: caller.email, principalSubject: caller.member };
}

function requestMetadata({ userAgent }: AuditedChange): Record<string, unknown> {
  return { callerIp: '127.0.0.1', callerSuppliedUserAgent: `${userAgent},gzip(gfe)` };
}

/** Compute names the resource in its attributes, all others beside the permission. A refusal says granted: false only when it was one of permission. */
function authorizationInfo(change: AuditedChange): Record<string, unknown>[] {
  const { permission, resourceName, serviceName, methodName } = change;
  const granted = change.status?.code === 7 ? {} : { granted: true };
  if (serviceName === 'compute.googleapis.com') {
    const type = permission.split('.').slice(0, 2).join('.');
    return [{ permission, ...granted, resourceAttributes: { service: 'compute', name: resourceName, type } }];
  }
  const own = { resource: resourceName, permission, ...granted, resourceAttributes: {} };
  if (!methodName.endsWith('Services.SetIamPolicy')) return [own];
  return [own, { permission, ...granted, resourceAttributes: {} }];
}

function requestType({ serviceName, methodName }: AuditedChange): Record<string, unknown> {
  if (serviceName !== 'compute.googleapis.com') return {};
  return { '@type': `type.googleapis.com/${methodName.replace(/^(v1|beta|alpha)\./, '')}` };
}

/** What was answered at once: for a long-running operation the operation. */
function responseOf(change: AuditedChange, variant: EntryVariant): Record<string, unknown> | undefined {
  if ('response' in variant) return undefined;
  if (change.serviceName === 'compute.googleapis.com')
    return change.response && { '@type': 'type.googleapis.com/operation', ...change.response };
  if (variant.operation === undefined) return change.response;
  return { '@type': 'type.googleapis.com/google.longrunning.Operation', name: change.operationId };
}

function operationInfo(change: AuditedChange, place: 'first' | 'last'): Record<string, unknown> {
  return { id: change.operationId, producer: change.serviceName, [place]: true };
}

function envelope({ project, monitoredResource }: AuditedChange, at: Date, severity: string) {
  return {
    insertId: createHash('sha256')
      .update(randomUUID())
      .digest('base64url')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 12),
    resource: { type: monitoredResource.type, labels: { ...monitoredResource.labels } },
    timestamp: at.toISOString(),
    severity,
    logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`,
    receiveTimestamp: new Date(at.getTime() + 120).toISOString(),
  };
}
