import { buildPullBacklog, type PullBacklog } from './pull-backlog.ts';

/** Pub/Sub: topics, subscriptions, and every message that was ever published, kept so that dead letters can be looked at. */
export interface PubSubStore {
  /** Topics as the API returns them, by `projects/ID/topics/T`. */
  readonly topics: Map<string, Record<string, unknown>>;
  /** Subscriptions as the API returns them, by `projects/ID/subscriptions/S`. */
  readonly subscriptions: Map<string, SubscriptionRecord>;
  /** What waits in subscriptions without an endpoint. */
  readonly backlog: PullBacklog;
  /** Keeps a message; its id. The topic need not exist. */
  publish(topic: string, message: NewMessage): string;
  /** Hears each message after it was kept; the answer stops that. */
  onPublished(listener: PublishListener): () => void;
  /** What was published to a topic, oldest first. */
  messages(topic: string): readonly PubSubMessage[];
}

export type PublishListener = (topic: string, message: PubSubMessage) => void;

export interface SubscriptionRecord extends Record<string, unknown> {
  readonly name: string;
  readonly topic: string;
  pushConfig: Record<string, unknown>;
}

export interface NewMessage {
  /** Base64. */
  readonly data?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly orderingKey?: string | undefined;
}

export interface PubSubMessage extends NewMessage {
  readonly messageId: string;
  /** ISO time. */
  readonly publishTime: string;
}

export function buildPubSubStore(now: () => Date): PubSubStore {
  const messages = new Map<string, PubSubMessage[]>();
  const listeners = new Set<PublishListener>();
  const subscriptions = new Map<string, SubscriptionRecord>();
  const backlog = buildPullBacklog(now);
  let lastId = 10_000_000_000_000_000n;
  return {
    topics: new Map(),
    subscriptions,
    backlog,
    publish(topic, message) {
      const messageId = String(++lastId);
      const kept = messages.get(topic) ?? [];
      const record: PubSubMessage = { ...message, messageId, publishTime: now().toISOString() };
      kept.push(record);
      messages.set(topic, kept);
      for (const { name, topic: from, pushConfig } of subscriptions.values())
        if (from === topic && !pushConfig['pushEndpoint']) backlog.add(name, record);
      for (const listener of listeners) listener(topic, record);
      return messageId;
    },
    onPublished(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    messages: (topic) => messages.get(topic) ?? [],
  };
}
