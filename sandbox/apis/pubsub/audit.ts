import type { ApiCall, GoogleError } from '../../api.ts';
import { buildAuditEntries } from '../../audit-entry.ts';
import type { Cloud } from '../../cloud.ts';
import { findProject } from '../find-project.ts';
import { rpcCodeOf } from '../rpc-code.ts';

export interface PubSubChange {
  /** `Subscriber.CreateSubscription`, … */
  readonly method: string;
  readonly permission: string;
  /** Topic or subscription as Google's entry names it. */
  readonly resource: string;
  /** With its `@type`. */
  readonly request: Record<string, unknown>;
  readonly response?: Record<string, unknown>;
  /** Why the call was refused. */
  readonly error?: GoogleError;
}

/** The answer of a method that has nothing to say. */
export const emptyResponse = { '@type': 'type.googleapis.com/google.protobuf.Empty' };

/**
 * Leaves Google's audit entry of a change, refused or not; Pub/Sub's are not of long-running operations (FACTS 1.1). The log
 * is that of the call's project; where the topic is another project's, in which log Google writes is not known.
 */
export function auditPubSub(call: ApiCall, cloud: Cloud, change: PubSubChange): void {
  const { method, permission, resource, request, response, error } = change;
  const project = findProject(cloud, call.params['project'] ?? '')?.projectId;
  if (project === undefined) return;
  const kind = resource.includes('/topics/') ? 'topic' : 'subscription';
  const owner = /^projects\/([^/]+)\//.exec(resource)?.[1] ?? project;
  const entries = buildAuditEntries(
    {
      serviceName: 'pubsub.googleapis.com',
      methodName: `google.pubsub.v1.${method}`,
      resourceName: resource,
      permission,
      caller: call.caller,
      userAgent: call.userAgent,
      project,
      location: 'global',
      monitoredResource: { type: `pubsub_${kind}`, labels: { project_id: owner, [`${kind}_id`]: resource } },
      request,
      ...(response ? { response } : {}),
      ...(error ? { status: { code: rpcCodeOf(error), message: error.message } } : {}),
    },
    cloud,
  );
  for (const entry of entries) cloud.audit(entry);
}

/** The name and body of a message as an audit entry shows it. */
export function messageOf(type: string, fields: Record<string, unknown>): Record<string, unknown> {
  return { '@type': `type.googleapis.com/google.pubsub.v1.${type}`, ...fields };
}
