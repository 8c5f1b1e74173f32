import { type PushConfig, pushConfigSchema } from '../apis/pubsub/push-config.ts';
import type { IdTokens } from '../id-token.ts';
import type { PubSubMessage, SubscriptionRecord } from '../pubsub-store.ts';

export interface PushRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the token; absent without one. */
  readonly audience?: string | undefined;
}

/** How a subscription pushes; a configuration that somebody put into the cloud by hand may be anything. */
export function pushConfigOf({ pushConfig }: SubscriptionRecord): PushConfig {
  return pushConfigSchema.safeParse(pushConfig).data ?? {};
}

/**
 * The HTTP request of one push: the wrapped message, or its data alone (`noWrapper`), and `Authorization: Bearer` with an ID
 * token of the push account for the audience, which is the endpoint's URL where none is set (FACTS 5).
 */
export async function buildPushRequest(
  subscription: SubscriptionRecord,
  message: PubSubMessage,
  { idTokens, deliveryAttempt }: { readonly idTokens: IdTokens; readonly deliveryAttempt: number | undefined },
): Promise<PushRequest> {
  const { pushEndpoint = '', oidcToken, noWrapper } = pushConfigOf(subscription);
  const email = oidcToken?.serviceAccountEmail;
  const audience = email ? oidcToken?.audience || pushEndpoint : undefined;
  const token = email && audience ? await idTokens.mint({ email, audience }) : undefined;
  const headers = {
    'content-type': noWrapper ? 'application/octet-stream' : 'application/json',
    accept: 'application/json',
    from: 'noreply@google.com',
    'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    'x-sandbox-pushed-from': subscription.name.split('/')[1] ?? '',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(noWrapper?.writeMetadata ? metadataHeaders(subscription, message) : {}),
  };
  const body = noWrapper
    ? Buffer.from(message.data ?? '', 'base64')
    : Buffer.from(JSON.stringify(wrap(subscription, message, deliveryAttempt)));
  return { headers, body, audience };
}

function wrap({ name }: SubscriptionRecord, message: PubSubMessage, deliveryAttempt: number | undefined) {
  const { data, attributes, orderingKey, messageId, publishTime } = message;
  return {
    message: {
      ...(attributes ? { attributes } : {}),
      ...(data === undefined ? {} : { data }),
      messageId,
      message_id: messageId,
      ...(orderingKey ? { orderingKey } : {}),
      publishTime,
      publish_time: publishTime,
    },
    subscription: name,
    ...(deliveryAttempt === undefined ? {} : { deliveryAttempt }),
  };
}

/** `x-goog-pubsub-…`, and each attribute as a header of its own, if its name and value can be one. */
function metadataHeaders({ name }: SubscriptionRecord, message: PubSubMessage): Record<string, string> {
  const attributes = Object.entries(message.attributes ?? {}).filter(
    ([key, value]) =>
      /^[\w!#$%&'*+.^`|~-]+$/.test(key) && /^[\x20-\x7e]*$/.test(value) && !reserved.has(key.toLowerCase()),
  );
  return {
    ...Object.fromEntries(attributes.map(([key, value]) => [key.toLowerCase(), value])),
    'x-goog-pubsub-subscription-name': name,
    'x-goog-pubsub-message-id': message.messageId,
    'x-goog-pubsub-publish-time': message.publishTime,
    ...(message.orderingKey ? { 'x-goog-pubsub-ordering-key': message.orderingKey } : {}),
  };
}

/** A message must not choose who is believed to send it, or where to. */
const reserved = new Set([
  'authorization',
  'proxy-authorization',
  'x-serverless-authorization',
  'cookie',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'x-sandbox-region',
]);
