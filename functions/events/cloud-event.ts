import * as z from 'zod';
import { TerminalError } from '../errors.ts';

export interface OpenedEvent {
  /** The CloudEvent's id, or the Pub/Sub message's. */
  readonly eventId?: string;
  /** What should be a log entry; not looked at yet. */
  readonly entry: unknown;
}

/**
 * Takes the log entry out of whatever brought it: an Eventarc audit-log event, an Eventarc Pub/Sub event, the body of a
 * Pub/Sub push, or the bare entry as `gcloud logging read --format=json` prints it. Throws `event-unusable`.
 */
export function openCloudEvent(value: unknown): OpenedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(`an event is a JSON object, this is ${describe(value)}`);
  }
  if ('protoPayload' in value) return { entry: value };
  if (!('type' in value) && 'message' in value) return openMessage(value);
  const parsed = cloudEvent.safeParse(value);
  if (!parsed.success) throw unusable('neither a CloudEvent, nor a Pub/Sub message, nor an audit-log entry');
  const { id, type, data } = parsed.data;
  switch (type) {
    case 'google.cloud.audit.log.v1.written':
      return withId(id, { entry: typeof data === 'string' ? parseJson(data, 'data') : data });
    case 'google.cloud.pubsub.topic.v1.messagePublished':
      return withId(id, openMessage(data));
    default:
      throw unusable(`events of type ${JSON.stringify(type.slice(0, 100))} are not audit-log events`);
  }
}

const cloudEvent = z.object({ id: z.string().optional(), type: z.string(), data: z.unknown() });

const pubsubBody = z.object({ message: z.object({ data: z.string(), messageId: z.string().optional() }) });

function openMessage(body: unknown): OpenedEvent {
  const parsed = pubsubBody.safeParse(body);
  if (!parsed.success) throw unusable('the Pub/Sub message has no text in message.data');
  const { data, messageId } = parsed.data.message;
  const text = Buffer.from(data, 'base64').toString('utf8');
  return withId(messageId, { entry: parseJson(text, 'message.data') });
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TerminalError('event-unusable', `${where} is not JSON`, { cause });
  }
}

function withId(id: string | undefined, opened: OpenedEvent): OpenedEvent {
  return id === undefined ? opened : { ...opened, eventId: id };
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function unusable(message: string): TerminalError {
  return new TerminalError('event-unusable', message);
}
