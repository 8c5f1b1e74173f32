import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { AuditedChange, LogEntry } from './cloud.ts';

const service = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), annotations: z.record(z.string(), z.string()) }),
  status: z.object({ url: z.string().optional() }).default({}),
});

/** The system event that follows a Cloud Run v1 deployment: no caller, no request, a short response. Undefined for any other change. */
export function buildRunReadyEntry(change: AuditedChange, at: Date): LogEntry | undefined {
  const method = /^google\.cloud\.run\.v1\.Services\.(CreateService|ReplaceService)$/.exec(change.methodName)?.[1];
  const deployed = service.safeParse(change.response);
  if (method === undefined || !deployed.success) return undefined;
  const { metadata, status } = deployed.data;
  return {
    insertId: randomBytes(6).toString('hex'),
    logName: `projects/${change.project}/logs/cloudaudit.googleapis.com%2Fsystem_event`,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      methodName: `/Services.${method}`,
      resourceName: change.resourceName,
      response: {
        '@type': 'type.googleapis.com/google.cloud.run.v1.Service',
        metadata: {
          annotations: Object.fromEntries(
            Object.entries(metadata.annotations).filter(([name]) => name.startsWith('serving.knative.dev/')),
          ),
          name: metadata.name,
          namespace: metadata.namespace,
        },
        status: { url: status.url ?? '' },
      },
      serviceName: change.serviceName,
      status: { message: `Ready condition status changed to True for Service ${metadata.name}.` },
      timestamp: at.toISOString(),
    },
    timestamp: at.toISOString(),
    receiveTimestamp: new Date(at.getTime() + 120).toISOString(),
    resource: { type: change.monitoredResource.type, labels: { ...change.monitoredResource.labels } },
    severity: 'INFO',
  };
}
