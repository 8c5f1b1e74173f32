import { z } from 'zod';
import { GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import { pushConfigSchema } from './push-config.ts';
import { invalid, requireTopic } from './request.ts';

const duration = z.string().regex(/^\d+(\.\d{1,9})?s$/);

/** `Subscription` of pubsub.v1: every field that a caller may send. */
export const subscriptionSchema = z.strictObject({
  name: z.string().optional(),
  topic: z.string(),
  pushConfig: pushConfigSchema.default({}),
  ackDeadlineSeconds: z.int().optional(),
  retainAckedMessages: z.boolean().optional(),
  messageRetentionDuration: duration.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  enableMessageOrdering: z.boolean().optional(),
  expirationPolicy: z.strictObject({ ttl: duration.optional() }).optional(),
  filter: z.string().optional(),
  deadLetterPolicy: z
    .strictObject({ deadLetterTopic: z.string().optional(), maxDeliveryAttempts: z.int().optional() })
    .optional(),
  retryPolicy: z.strictObject({ minimumBackoff: duration.optional(), maximumBackoff: duration.optional() }).optional(),
  enableExactlyOnceDelivery: z.boolean().optional(),
  messageTransforms: z.array(z.unknown()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  detached: z.boolean().optional(),
  bigqueryConfig: z.unknown().optional(),
  bigtableConfig: z.unknown().optional(),
  cloudStorageConfig: z.unknown().optional(),
  // Output only: taken and not looked at, as Google does.
  state: z.unknown().optional(),
  analyticsHubSubscriptionInfo: z.unknown().optional(),
  topicMessageRetentionDuration: z.unknown().optional(),
});

export type SubscriptionBody = z.infer<typeof subscriptionSchema>;

/** Defaults and bounds of pubsub.v1; throws Google's 400, 404 for a dead-letter topic that is not there, 501 for what is not modelled. */
export function completeSubscription(cloud: Cloud, given: SubscriptionBody): SubscriptionBody {
  const { state: _state, analyticsHubSubscriptionInfo: _hub, topicMessageRetentionDuration: _min, ...body } = given;
  for (const field of ['bigqueryConfig', 'bigtableConfig', 'cloudStorageConfig', 'messageTransforms'] as const) {
    if (body[field] !== undefined) throw notModelled(field);
  }
  const { deadLetterPolicy, retryPolicy } = body;
  if (deadLetterPolicy) requireTopic(cloud, deadLetterPolicy.deadLetterTopic ?? '');
  const attempts = deadLetterPolicy && (deadLetterPolicy.maxDeliveryAttempts || 5);
  check('maxDeliveryAttempts', attempts, [5, 100]);
  check('ackDeadlineSeconds', body.ackDeadlineSeconds || 10, [10, 600]);
  check('minimumBackoff', secondsOf(retryPolicy?.minimumBackoff), [0, 600]);
  check('maximumBackoff', secondsOf(retryPolicy?.maximumBackoff), [0, 600]);
  check('messageRetentionDuration', secondsOf(body.messageRetentionDuration), [600, 31 * 86_400]);
  const retry = retryPolicy && { minimumBackoff: '10s', maximumBackoff: '600s', ...retryPolicy };
  return {
    messageRetentionDuration: '604800s',
    expirationPolicy: { ttl: '2678400s' },
    ...body,
    ackDeadlineSeconds: body.ackDeadlineSeconds || 10,
    ...(deadLetterPolicy && attempts
      ? { deadLetterPolicy: { ...deadLetterPolicy, maxDeliveryAttempts: attempts } }
      : {}),
    ...(retry ? { retryPolicy: retry } : {}),
  };
}

function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number.parseFloat(text);
}

function check(field: string, value: number | undefined, [least, most]: readonly [number, number]): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw invalid(`Invalid value given (${field}=${value}): it must be between ${least} and ${most}.`);
}

function notModelled(field: string): GoogleError {
  return new GoogleError(501, 'UNIMPLEMENTED', `${field} of a subscription is not modelled by the sandbox.`);
}
