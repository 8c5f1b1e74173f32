import type { ApiCall, GoogleError } from '../../api.ts';
import { buildAuditEntries } from '../../audit-entry.ts';
import type { AuditedChange, Cloud, ComputeRecord } from '../../cloud.ts';
import { findProject } from '../find-project.ts';
import { parseObject } from '../parse-object.ts';
import { rpcCodeOf } from '../rpc-code.ts';
import type { ComputeCollection, WriteVerb } from './collection.ts';
import { keyOf, type Place, placeOf } from './place.ts';

interface Write {
  readonly collection: ComputeCollection;
  /** Discovery resource, e.g. `regionBackendServices`. */
  readonly resource: string;
  readonly verb: WriteVerb;
  readonly permission: string;
  readonly call: ApiCall;
  readonly cloud: Cloud;
}

/**
 * Two entries for a write: the first with request and operation, the last with neither. The request is what was sent, an
 * OAuth secret too: whether Google redacts it is not known (FACTS 1.3), so who reads these entries must cope with it.
 */
export function auditWrite(
  write: Write & { readonly place: Place; readonly target: ComputeRecord; readonly operation: ComputeRecord },
): void {
  const { operation, target, place, cloud } = write;
  const { endTime: _endTime, ...running } = operation;
  const change: AuditedChange = {
    ...describe(write, place, target.name, target.id),
    response: { ...running, status: 'RUNNING', progress: '0' },
    operationId: operation.name,
  };
  for (const entry of buildAuditEntries(change, cloud)) cloud.audit(entry);
}

/** One entry of severity ERROR for a write that was refused; none where even the project is unknown. */
export function auditRefusal(write: Write & { readonly name: string }, error: GoogleError): void {
  const { call, cloud, name } = write;
  if (!findProject(cloud, call.params['project'] ?? '')) return;
  const change: AuditedChange = {
    ...describe(write, placeOf(call.params, cloud), name, ''),
    status: { code: rpcCodeOf(error), message: error.message },
  };
  for (const entry of buildAuditEntries(change, cloud)) cloud.audit(entry);
}

function describe(write: Write, place: Place, name: string, id: string): Omit<AuditedChange, 'response'> {
  const { collection, resource, verb, permission, call } = write;
  const request = verb === 'delete' ? {} : parseObject(call.body);
  return {
    serviceName: 'compute.googleapis.com',
    methodName: `v1.compute.${resource}.${verb}`,
    resourceName: keyOf(place, collection.plural, name),
    permission,
    caller: call.caller,
    userAgent: call.userAgent,
    project: place.project.projectId,
    location: place.region ?? 'global',
    monitoredResource: { type: collection.monitoredType, labels: labelsOf(collection, place, name, id) },
    request,
  };
}

function labelsOf(collection: ComputeCollection, place: Place, name: string, id: string): Record<string, string> {
  const label = collection.monitoredType.replace(/^gce_/, '');
  const location = place.region ?? 'global';
  const { projectId } = place.project;
  switch (collection.monitoredType) {
    case 'gce_forwarding_rule':
      return { [`${label}_id`]: id, project_id: projectId, region: location };
    case 'gce_url_map':
    case 'gce_target_https_proxy':
      return { [`${label}_id`]: id, project_id: projectId };
    case 'gce_backend_service':
      return { [`${label}_id`]: id, location, project_id: projectId };
    default:
      return { [`${label}_id`]: id, [`${label}_name`]: name, location, project_id: projectId };
  }
}
