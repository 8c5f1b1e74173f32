import type { AuditLogEntry } from './audit-log.ts';
import { isProjectName } from './project-of.ts';

/**
 * The subscription that an entry of Pub/Sub's CreateSubscription is about. Google's entry names the topic as its resource,
 * which may be another project's; the subscription stands in the request (FACTS 5). Undefined for every other method, and
 * where the request does not name one.
 */
export function createdSubscription(
  entry: AuditLogEntry,
): { readonly project: string; readonly resource: string } | undefined {
  const { serviceName, methodName, request } = entry.protoPayload;
  if (serviceName !== 'pubsub.googleapis.com' || !methodName.endsWith('.CreateSubscription')) return undefined;
  const name = typeof request?.name === 'string' ? request.name : '';
  const project = /^projects\/([^/]+)\/subscriptions\/[^/]+$/.exec(name)?.[1];
  if (project === undefined || !isProjectName(project)) return undefined;
  return { project, resource: `//pubsub.googleapis.com/${name}` };
}
