import { objectIn } from '../apis/parse-object.ts';
import type { Cloud } from '../cloud.ts';
import type { PubSubMessage, SubscriptionRecord } from '../pubsub-store.ts';
import { parseDuration } from '../task-store.ts';

/**
 * Milliseconds before the next attempt: doubled from the retry policy's minimum up to its maximum (10 s to 600 s where it
 * leaves them out); without a policy "as soon as possible" (pubsub.v1): 0.1 s up to 60 s, figures that are not verified.
 */
export function retryDelay(subscription: SubscriptionRecord, attempt: number): number {
  const policy = objectIn(subscription['retryPolicy']);
  const [least, most] = policy
    ? [durationIn(policy['minimumBackoff']) ?? 10_000, durationIn(policy['maximumBackoff']) ?? 600_000]
    : [100, 60_000];
  return Math.min(least * 2 ** (attempt - 1), most);
}

/** Whether a message has waited longer than the subscription keeps it. */
export function isExpired(
  subscription: SubscriptionRecord,
  { publishTime }: PubSubMessage,
  { now, timeScale }: { readonly now: Date; readonly timeScale: number },
): boolean {
  const retention = durationIn(subscription['messageRetentionDuration']) ?? 604_800_000;
  return now.getTime() - Date.parse(publishTime) >= retention * timeScale;
}

/** Milliseconds for one answer: the acknowledgement deadline. */
export function timeoutOf(subscription: SubscriptionRecord): number {
  return Number(subscription['ackDeadlineSeconds'] ?? 10) * 1000;
}

export interface DeadLetter {
  /** `projects/P/topics/T` */
  readonly topic: string;
  /** After so many it goes there. */
  readonly attempts: number;
}

export function deadLetterOf(subscription: SubscriptionRecord): DeadLetter | undefined {
  const policy = objectIn(subscription['deadLetterPolicy']);
  const topic = policy?.['deadLetterTopic'];
  if (typeof topic !== 'string') return undefined;
  return { topic, attempts: Number(policy?.['maxDeliveryAttempts'] ?? 5) };
}

/** Publishes the message to the dead-letter topic, with where it came from. */
export function publishDeadLetter(
  cloud: Cloud,
  given: { readonly subscription: SubscriptionRecord; readonly message: PubSubMessage; readonly attempt: number },
): void {
  const { subscription, message, attempt } = given;
  const [, project = '', , id = ''] = subscription.name.split('/');
  cloud.pubsub.publish(deadLetterOf(subscription)?.topic ?? '', {
    data: message.data,
    orderingKey: message.orderingKey,
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempt),
      CloudPubSubDeadLetterSourceSubscription: id,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      CloudPubSubDeadLetterSourceTopicPublishTime: message.publishTime,
    },
  });
}

function durationIn(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d{1,9})?s$/.test(value) ? parseDuration(value) : undefined;
}
