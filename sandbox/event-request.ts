import type { LogEntry } from './cloud.ts';

/** How a target gets its events. `eventarc`: an audit-log trigger. `sink`: a log sink's topic, through a Pub/Sub trigger of Eventarc. `push`: the same topic by plain Pub/Sub push. */
export type DeliveryMode = 'eventarc' | 'sink' | 'push';

export interface EventRequest {
  /** `ce-id`, or the message id of a plain push. */
  readonly eventId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EventContext {
  readonly project: string;
  /** The topic of the sink, the last part of its name. */
  readonly topic: string;
  readonly messageId: string;
  /** Given by Pub/Sub only where a dead-letter topic is set. */
  readonly deliveryAttempt?: number | undefined;
}

/** An audit entry as the HTTP request that Google would send (CloudEvents 1.0, binary mode; FACTS 1.4 and 14). */
export function buildEventRequest(mode: DeliveryMode, entry: LogEntry, context: EventContext): EventRequest {
  switch (mode) {
    case 'eventarc':
      return buildAuditEvent(entry, context);
    case 'sink':
      return buildPubSubEvent(entry, context);
    case 'push':
      return buildPush(entry, context);
  }
}

function buildAuditEvent(entry: LogEntry, { project }: EventContext): EventRequest {
  const { '@type': _type, ...protoPayload } = entry.protoPayload;
  const log = /cloudaudit\.googleapis\.com%2F(\w+)$/.exec(entry.logName)?.[1] ?? 'activity';
  const { serviceName, methodName, resourceName } = entry.protoPayload;
  const eventId = `${entry.logName}${entry.insertId}${Date.parse(entry.timestamp)}000`;
  return {
    eventId,
    headers: {
      ...eventHeaders(eventId, entry.timestamp, 'google.cloud.audit.log.v1.written'),
      'ce-source': `//cloudaudit.googleapis.com/projects/${project}/logs/${log}`,
      'ce-subject': `${serviceName}/${resourceName}`,
      'ce-servicename': serviceName,
      'ce-methodname': methodName,
      'ce-resourcename': resourceName,
      'ce-recordedtime': entry.timestamp,
      'ce-dataschema':
        'https://googleapis.github.io/google-cloudevents/jsonschema/google/events/cloud/audit/v1/LogEntryData.json',
    },
    body: JSON.stringify({ ...entry, protoPayload }),
  };
}

function buildPubSubEvent(entry: LogEntry, context: EventContext): EventRequest {
  const subscription = `projects/${context.project}/subscriptions/eventarc-${context.topic}-sub-001`;
  const body = buildMessage(entry, context, subscription);
  return {
    eventId: context.messageId,
    headers: {
      ...eventHeaders(context.messageId, body.message.publishTime, 'google.cloud.pubsub.topic.v1.messagePublished'),
      'ce-source': `//pubsub.googleapis.com/projects/${context.project}/topics/${context.topic}`,
    },
    body: JSON.stringify(body),
  };
}

function buildPush(entry: LogEntry, context: EventContext): EventRequest {
  const body = buildMessage(entry, context, `projects/${context.project}/subscriptions/${context.topic}-push`);
  return {
    eventId: context.messageId,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    },
    body: JSON.stringify(body),
  };
}

function eventHeaders(id: string, time: string, type: string): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-type': type,
    'ce-time': time,
  };
}

function buildMessage(entry: LogEntry, { messageId, deliveryAttempt }: EventContext, subscription: string) {
  const publishTime = String(entry['receiveTimestamp'] ?? entry.timestamp);
  const message = {
    attributes: { 'logging.googleapis.com/timestamp': entry.timestamp },
    data: Buffer.from(JSON.stringify(entry)).toString('base64'),
    messageId,
    message_id: messageId,
    publishTime,
    publish_time: publishTime,
  };
  return { message, subscription, ...(deliveryAttempt === undefined ? {} : { deliveryAttempt }) };
}
