import { findBlockFault } from './check-blocks.ts';
import type { SlackMessage, SlackStore } from './slack-store.ts';

export interface WebApiParts {
  readonly store: SlackStore;
  readonly token: string;
  readonly scopes: ReadonlySet<string>;
}

export interface WebApiCall {
  readonly method: string;
  /** From header or field. */
  readonly token: string | undefined;
  /** Fields as they came; those that hold JSON are parsed. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type WebApiAnswer = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** The few methods of Slack's Web API that Sallyport calls, with Slack's own error words. */
export function answerWebApi({ method, token, fields }: WebApiCall, parts: WebApiParts): WebApiAnswer {
  const scope = scopes[method];
  if (scope === undefined) return fail('unknown_method');
  if (!token) return fail('not_authed');
  if (token !== parts.token) return fail('invalid_auth');
  if (scope !== '' && !parts.scopes.has(scope)) return { ...fail('missing_scope'), needed: scope };
  if (method === 'auth.test')
    return {
      ok: true,
      url: 'https://sandbox.slack.com/',
      team: 'sandbox',
      user: 'sallyport',
      team_id: 'T0SANDBOX',
      user_id: 'U0BOT',
      bot_id: 'B0BOT',
    };
  const channel = parts.store.channels.get(asText(fields['channel']) ?? '');
  if (!channel) return fail('channel_not_found');
  if (channel.isMember === false) return fail('not_in_channel');
  const on = { store: parts.store, channel: channel.id, fields };
  switch (method) {
    case 'chat.postMessage':
      return channel.isArchived ? fail('is_archived') : post(on);
    case 'chat.update':
      return channel.isArchived ? fail('is_archived') : update(on);
    case 'conversations.history':
      return list(on, undefined);
    default:
      return list(on, asText(fields['ts']) ?? '');
  }
}

const scopes: Readonly<Record<string, string>> = {
  'auth.test': '',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
};

interface On {
  readonly store: SlackStore;
  readonly channel: string;
  readonly fields: WebApiCall['fields'];
}

function post({ store, channel, fields }: On): WebApiAnswer {
  const content = readContent(fields);
  if ('ok' in content) return content;
  const threadTs = asText(fields['thread_ts']);
  if (threadTs !== undefined && !store.find(channel, threadTs)) return fail('thread_not_found');
  const message = store.add(channel, { ...content, ...(threadTs === undefined ? {} : { threadTs }) });
  return { ok: true, channel, ts: message.ts, message: show(message, true) };
}

function update({ store, channel, fields }: On): WebApiAnswer {
  const ts = asText(fields['ts']) ?? '';
  const held = store.find(channel, ts);
  if (!held) return fail('message_not_found');
  // An app changes its own messages only.
  if (held.otherBot !== undefined) return fail('cant_update_message');
  const content = readContent(fields);
  if ('ok' in content) return content;
  const message = store.replace(channel, ts, content);
  return { ok: true, channel, ts, text: message.text, message: show(message, true) };
}

function list({ store, channel, fields }: On, threadTs: string | undefined): WebApiAnswer {
  if (threadTs !== undefined && !store.find(channel, threadTs)) return fail('thread_not_found');
  const [oldest, latest] = [Number(fields['oldest'] ?? 0), Number(fields['latest'] ?? Number.POSITIVE_INFINITY)];
  const limit = Number(fields['limit'] ?? 100);
  const start = Number(Buffer.from(asText(fields['cursor']) ?? '', 'base64').toString() || 0);
  if (![oldest, limit, start].every(Number.isFinite) || limit < 1 || limit > 999) return fail('invalid_arguments');
  const isInside = ({ ts }: SlackMessage): boolean => Number(ts) > oldest && Number(ts) < latest;
  const all = store.messages(channel);
  const found =
    threadTs === undefined
      ? all.filter((message) => message.threadTs === undefined && isInside(message)).toReversed()
      : all.filter((message) => message.ts === threadTs || (message.threadTs === threadTs && isInside(message)));
  const end = start + limit;
  const hasMore = end < found.length;
  const withMetadata = ['true', '1'].includes(String(fields['include_all_metadata'] ?? ''));
  return {
    ok: true,
    messages: found.slice(start, end).map((message) => show(message, withMetadata)),
    has_more: hasMore,
    ...(hasMore ? { response_metadata: { next_cursor: Buffer.from(String(end)).toString('base64') } } : {}),
  };
}

type Content = Pick<SlackMessage, 'text' | 'blocks' | 'metadata'>;

function readContent(fields: WebApiCall['fields']): Content | WebApiAnswer {
  const { text = '', blocks = [], metadata } = fields;
  if (typeof text !== 'string') return fail('invalid_arguments');
  if (text.length > 40_000) return fail('msg_too_long');
  const fault = findBlockFault(blocks);
  if (fault) return { ...fail('invalid_blocks'), response_metadata: { messages: fault } };
  const list = blocks as SlackMessage['blocks'];
  if (text === '' && list.length === 0) return fail('no_text');
  if (metadata === undefined) return { text, blocks: list };
  const { event_type, event_payload } = Object(metadata);
  if (typeof event_type !== 'string' || typeof event_payload !== 'object') return fail('invalid_metadata_format');
  return { text, blocks: list, metadata: { event_type, event_payload } };
}

function show({ ts, text, blocks, metadata, threadTs, edited, otherBot }: SlackMessage, withMetadata: boolean) {
  return {
    type: 'message',
    user: 'U0BOT',
    bot_id: otherBot ?? 'B0BOT',
    ts,
    text,
    blocks,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(edited === undefined ? {} : { edited: { user: 'B0BOT', ts: edited } }),
    ...(withMetadata && metadata ? { metadata } : {}),
  };
}

function fail(error: string): WebApiAnswer {
  return { ok: false, error };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
