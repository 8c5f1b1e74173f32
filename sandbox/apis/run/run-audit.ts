import type { ApiCall, GoogleError } from '../../api.ts';
import { buildAuditEntries } from '../../audit-entry.ts';
import type { AuditedChange, Cloud } from '../../cloud.ts';
import { findProject } from '../find-project.ts';
import { type JsonObject, objectIn } from '../parse-object.ts';
import { rpcCodeOf } from '../rpc-code.ts';
import { type RunPlace, runKey } from './run-store.ts';

export interface RunChange {
  readonly version: 'v1' | 'v2';
  readonly verb: 'CreateService' | 'ReplaceService' | 'UpdateService' | 'DeleteService' | 'SetIamPolicy';
  readonly place: RunPlace;
  readonly call: ApiCall;
  readonly request?: JsonObject | undefined;
  readonly response?: JsonObject | undefined;
  readonly operationId?: string;
  readonly error?: GoogleError;
}

const permissions: Readonly<Record<RunChange['verb'], string>> = {
  CreateService: 'run.services.create',
  ReplaceService: 'run.services.update',
  UpdateService: 'run.services.update',
  DeleteService: 'run.services.delete',
  SetIamPolicy: 'run.services.setIamPolicy',
};

/**
 * Writes Cloud Run's audit entries of a change. A v1 deployment names the service without its region; policies, and
 * everything of v2, name it with; and only policies leave the label `service_name` empty (FACTS 1.1). A project that does not exist has no log.
 */
export function auditRun(cloud: Cloud, change: RunChange): void {
  const project = findProject(cloud, change.place.project)?.projectId;
  if (project === undefined) return;
  const place = { ...change.place, project };
  const isPolicy = change.verb === 'SetIamPolicy';
  const isNamespaced = change.version === 'v1' && !isPolicy;
  const audited: AuditedChange = {
    serviceName: 'run.googleapis.com',
    methodName: `google.cloud.run.${change.version}.Services.${change.verb}`,
    resourceName: isNamespaced ? `namespaces/${project}/services/${place.service}` : runKey(place),
    permission: permissions[change.verb],
    caller: change.call.caller,
    userAgent: change.call.userAgent,
    project,
    location: place.region,
    monitoredResource: {
      type: 'cloud_run_revision',
      labels: {
        project_id: project,
        location: place.region,
        service_name: isPolicy ? '' : place.service,
        revision_name: '',
        configuration_name: '',
      },
    },
    ...(change.request ? { request: withoutContainers(change.request) } : {}),
    ...(change.response ? { response: withoutContainers(change.response) } : {}),
    ...(change.operationId === undefined ? {} : { operationId: change.operationId }),
    ...(change.error ? { status: { code: rpcCodeOf(change.error), message: change.error.message } } : {}),
  };
  for (const entry of buildAuditEntries(audited, cloud)) cloud.audit(entry);
}

/** Cloud Run's entries say nothing of containers, so that no environment variable gets into a log. */
function withoutContainers(message: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(message).flatMap(([name, value]) => {
      if (name === 'containers') return [];
      const inner = objectIn(value);
      return [[name, inner ? withoutContainers(inner) : value]];
    }),
  );
}
