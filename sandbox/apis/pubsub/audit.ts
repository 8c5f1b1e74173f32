import type { ApiCall } from '../../api.ts';
import { buildAuditEntries } from '../../audit-entry.ts';
import type { Cloud } from '../../cloud.ts';

export interface PubSubChange {
  /** `Subscriber.CreateSubscription`, … */
  readonly method: string;
  readonly permission: string;
  /** Topic or subscription as Google's entry names it. */
  readonly resource: string;
  readonly request: Record<string, unknown>;
  readonly response: Record<string, unknown>;
}

/** Leaves Google's audit entry of a change. */
export function auditPubSub(call: ApiCall, cloud: Cloud, change: PubSubChange): void {
  const { method, permission, resource, request, response } = change;
  const project = call.params['project'] ?? '';
  const kind = resource.includes('/topics/') ? 'topic' : 'subscription';
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
      monitoredResource: { type: `pubsub_${kind}`, labels: { project_id: project, [`${kind}_id`]: resource } },
      request,
      response,
    },
    cloud,
  );
  for (const entry of entries) cloud.audit(entry);
}
