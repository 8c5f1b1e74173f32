import type { PubSubMessage } from './pubsub-store.ts';

/** What pull subscriptions have not acknowledged yet; kept by Pub/Sub's rules: at least once, until acknowledged or too old. */
export interface PullBacklog {
  add(subscription: string, message: PubSubMessage): void;
  /** Messages that nobody holds, oldest first; each is held for `deadlineMs` under a new ack id. */
  take(subscription: string, asked: { readonly max: number; readonly deadlineMs: number }): readonly HeldMessage[];
  /** Whether the ack id was ever given out for this subscription. */
  isKnown(subscription: string, ackId: string): boolean;
  /** Ends messages for good. An ack id whose deadline has passed ends nothing: the message comes again. */
  acknowledge(subscription: string, ackIds: readonly string[]): void;
  /** Holds them `deadlineMs` from now on; 0 lets them go at once. */
  extend(subscription: string, ackIds: readonly string[], deadlineMs: number): void;
  /** Forgets what was published before `time` (ms). */
  expire(subscription: string, time: number): void;
  /** The subscription is gone, and all that waited in it. */
  forget(subscription: string): void;
}

export interface HeldMessage {
  readonly ackId: string;
  readonly message: PubSubMessage;
  /** 1 at the first delivery. */
  readonly attempt: number;
}

interface Waiting {
  readonly message: PubSubMessage;
  attempt: number;
  heldUntil: number;
  ackId?: string;
}

export function buildPullBacklog(now: () => Date): PullBacklog {
  const queues = new Map<string, Waiting[]>();
  const time = () => now().getTime();
  const queueOf = (subscription: string) => queues.get(subscription) ?? [];
  const isHeldAs = (ackIds: readonly string[]) => {
    const given = new Set(ackIds);
    const at = time();
    return ({ ackId, heldUntil }: Waiting) => ackId !== undefined && given.has(ackId) && heldUntil > at;
  };
  return {
    add(subscription, message) {
      queues.set(subscription, [...queueOf(subscription), { message, attempt: 0, heldUntil: 0 }]);
    },
    take(subscription, { max, deadlineMs }) {
      const at = time();
      const free = queueOf(subscription).filter(({ heldUntil }) => heldUntil <= at);
      return free.slice(0, max).map((one) => {
        one.attempt += 1;
        one.heldUntil = at + deadlineMs;
        const ackId = Buffer.from(`${subscription} ${one.message.messageId} ${one.attempt}`).toString('base64url');
        one.ackId = ackId;
        return { ackId, message: one.message, attempt: one.attempt };
      });
    },
    isKnown: (subscription, ackId) => Buffer.from(ackId, 'base64url').toString().startsWith(`${subscription} `),
    acknowledge(subscription, ackIds) {
      const isEnded = isHeldAs(ackIds);
      queues.set(
        subscription,
        queueOf(subscription).filter((one) => !isEnded(one)),
      );
    },
    extend(subscription, ackIds, deadlineMs) {
      for (const one of queueOf(subscription).filter(isHeldAs(ackIds))) one.heldUntil = time() + deadlineMs;
    },
    expire(subscription, before) {
      queues.set(
        subscription,
        queueOf(subscription).filter(({ message }) => Date.parse(message.publishTime) >= before),
      );
    },
    forget(subscription) {
      queues.delete(subscription);
    },
  };
}
