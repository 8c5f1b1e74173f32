import { buildEventRequest } from '../sandbox/event-request.ts';
import type { BenchService } from './bench-estate.ts';

/** What is posted to a function. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

let lastInsert = 0;

/** Somebody has deployed a service: the function puts a task into the queue. */
export function buildStartingEvent(project: string, service: BenchService): Message {
  return buildEvent(project, service, 'google.cloud.run.v1.Services.ReplaceService');
}

/** Somebody has read something: nothing comes of it. */
export function buildIgnoredEvent(project: string, service: BenchService): Message {
  return buildEvent(project, service, 'google.cloud.run.v1.Services.GetService');
}

/** Somebody has changed a service's policy. */
export function buildPolicyEvent(project: string, service: BenchService): Message {
  return buildEvent(project, service, 'google.cloud.run.v1.Services.SetIamPolicy', service.key);
}

function buildEvent(
  project: string,
  { service, region }: BenchService,
  methodName: string,
  resourceName = `namespaces/${project}/services/${service}`,
): Message {
  const entry = {
    insertId: `bench-${++lastInsert}`,
    logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`,
    timestamp: new Date().toISOString(),
    severity: 'NOTICE',
    resource: { type: 'cloud_run_revision', labels: { project_id: project, location: region, service_name: service } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: 'ada@example.com' },
      requestMetadata: { callerIp: '127.0.0.1', callerSuppliedUserAgent: 'gcloud' },
      serviceName: 'run.googleapis.com',
      methodName,
      resourceName,
      authorizationInfo: [{ resource: resourceName, granted: true }],
    },
  };
  const { headers, body } = buildEventRequest('eventarc', entry, { project, topic: '', messageId: '' });
  return { headers, body };
}
