/** Why a call of Slack's client failed, as far as it matters for what to do next. */
export type SlackFailure =
  /** Not done; Slack says when to come back (ms). */
  | { readonly kind: 'rate-limited'; readonly waitMs: number }
  /** Done or not done: no answer, or one that says nothing. Look before doing it again. */
  | { readonly kind: 'no-answer'; readonly why: string }
  /** The message to be changed or answered is not there any more, or may not be changed any more. */
  | { readonly kind: 'gone'; readonly why: string }
  /** The message as it is will never be taken. */
  | { readonly kind: 'bad-message'; readonly why: string }
  /** Not done, and a repeat alone will not help: somebody must mend channel, token or scope. */
  | { readonly kind: 'refused'; readonly why: string };

/** Reads what @slack/web-api throws, by its codes (never by its text). What it did not throw is `no-answer` too. */
export function parseSlackFailure(error: unknown): SlackFailure {
  const { code, retryAfter, statusCode, data } = readFields(error);
  switch (code) {
    case 'slack_webapi_rate_limited_error':
      return { kind: 'rate-limited', waitMs: retryAfter * 1000 };
    case 'slack_webapi_platform_error':
      return parseSlackError(data, retryAfter);
    case 'slack_webapi_http_error':
      return { kind: 'no-answer', why: `http-${statusCode}` };
    default:
      return { kind: 'no-answer', why: code === '' ? 'network' : code };
  }
}

function parseSlackError(data: unknown, retryAfter: number): SlackFailure {
  const error = typeof data === 'object' && data !== null && 'error' in data ? String(data.error) : '';
  // A page in HTML where JSON should be stands in the same field.
  const why = /^[a-z_]{1,60}$/.test(error) ? error : 'not-slack';
  if (error === 'ratelimited' || error === 'rate_limited') return { kind: 'rate-limited', waitMs: retryAfter * 1000 };
  if (why === 'not-slack' || passing.has(why)) return { kind: 'no-answer', why };
  if (gone.has(why)) return { kind: 'gone', why };
  if (badMessage.has(why)) return { kind: 'bad-message', why };
  return { kind: 'refused', why };
}

const passing = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
const gone = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'thread_not_found',
  'cannot_reply_to_message',
]);
const badMessage = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
]);

interface Fields {
  readonly code: string;
  readonly retryAfter: number;
  readonly statusCode: number;
  readonly data: unknown;
}

function readFields(error: unknown): Fields {
  const fields: Partial<Record<keyof Fields, unknown>> = typeof error === 'object' && error !== null ? error : {};
  const retryAfter = Number(fields.retryAfter ?? 1);
  return {
    code: typeof fields.code === 'string' ? fields.code : '',
    retryAfter: retryAfter > 0 ? retryAfter : 1,
    statusCode: Number(fields.statusCode ?? 0),
    data: fields.data,
  };
}
