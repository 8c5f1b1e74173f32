import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { SubscriptionRecord } from '../../pubsub-store.ts';
import { auditPubSub } from './audit.ts';

export interface PubSubMethod {
  /** `topics.create`, … */
  readonly name: string;
  readonly verb: ApiMethod['verb'];
  /** After `/v1/projects/{project}/`. */
  readonly path: string;
  readonly permission: string;
  /** A method that writes: a refused call leaves an entry too. */
  readonly audited?: { readonly method: string; readonly request: (call: ApiCall) => Record<string, unknown> };
  readonly handle: (call: ApiCall, cloud: Cloud) => ApiReply | Promise<ApiReply>;
}

/** A row of the route table; permissions are asked of the topic or subscription, and so of its project too. */
export function pubsubMethod({ name, verb, path, permission, audited, handle }: PubSubMethod): ApiMethod {
  return {
    id: `pubsub.projects.${name}`,
    document: 'pubsub.v1',
    verb,
    path: `/v1/projects/{project}/${path}`,
    permission: { name: permission, on: resourceOf },
    handle,
    ...(audited
      ? {
          onRefused: (call: ApiCall, cloud: Cloud, error: GoogleError) =>
            auditPubSub(call, cloud, {
              method: audited.method,
              permission,
              resource: resourceOf(call),
              request: audited.request(call),
              error,
            }),
        }
      : {}),
  };
}

function resourceOf(call: ApiCall): string {
  if (call.params['subscription'] !== undefined) return subscriptionOf(call);
  return call.params['topic'] === undefined ? `projects/${call.params['project']}` : topicOf(call);
}

export function topicOf({ params }: ApiCall): string {
  return `projects/${params['project']}/topics/${params['topic']}`;
}

export function subscriptionOf({ params }: ApiCall): string {
  return `projects/${params['project']}/subscriptions/${params['subscription']}`;
}

export function requireTopic(cloud: Cloud, name: string): Record<string, unknown> {
  return cloud.pubsub.topics.get(name) ?? refuse(404, 'NOT_FOUND', `Resource not found (resource=${lastPart(name)}).`);
}

export function requireSubscription(call: ApiCall, cloud: Cloud): SubscriptionRecord {
  const name = subscriptionOf(call);
  return (
    cloud.pubsub.subscriptions.get(name) ?? refuse(404, 'NOT_FOUND', `Resource not found (resource=${lastPart(name)}).`)
  );
}

/** The resources of the call's project. */
export function inProject<T>(call: ApiCall, all: ReadonlyMap<string, T>): T[] {
  return [...all].filter(([name]) => name.startsWith(`projects/${call.params['project']}/`)).map(([, each]) => each);
}

/** Throws 400 for an id that is malformed, 409 for a name that is taken. */
export function checkNewName(name: string, all: ReadonlyMap<string, unknown>): void {
  const id = lastPart(name);
  if (!/^(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/.test(id)) {
    throw invalid(
      `Invalid resource name given (name=${id}). Refer to https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names for more information.`,
    );
  }
  if (all.has(name)) refuse(409, 'ALREADY_EXISTS', `Resource already exists in the project (resource=${id}).`);
}

/** The value in its type; throws Google's 400. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(`Invalid JSON payload received. ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

export function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}

export function ok(body: unknown): ApiReply {
  return { status: 200, body };
}

function refuse(httpStatus: number, status: string, message: string): never {
  throw new GoogleError(httpStatus, status, message);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
