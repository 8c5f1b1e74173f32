import { parseList, parseRecord, parseText } from '../core/estate/normalize/fields.ts';

/** What a Google client's error says, whichever client threw it. Decisions use status, state and reason, never the message. */
export interface GoogleFailure {
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  /** google.rpc name (`ABORTED`, `PERMISSION_DENIED`, …) where the API gives one; Compute does not. */
  readonly state?: string;
  /** `rateLimitExceeded`, `conditionNotMet`, `SERVICE_DISABLED`, …: all reasons that the body names. */
  readonly reasons: readonly string[];
  /** The connection broke or was never made. */
  readonly isNetwork: boolean;
  /** For people and logs only; without headers, bodies and tokens. */
  readonly message: string;
}

/** Reads errors of googleapis (gaxios) and of the gapic clients in REST mode. Never throws. */
export function parseGoogleFailure(error: unknown): GoogleFailure {
  const thrown = parseRecord(error) ?? {};
  const body = parseRecord(parseRecord(parseBody(parseRecord(thrown['response'])?.['data']))?.['error']);
  const status = httpStatus(thrown, body);
  const state = parseText(body?.['status']) ?? rpcCodes[Number(thrown['code'])]?.[0];
  const reasons = [
    ...[...parseList(body?.['errors']), ...parseList(body?.['details'])].map((part) => parseRecord(part)?.['reason']),
    thrown['reason'],
  ].filter((reason) => typeof reason === 'string');
  return {
    ...(status === undefined ? {} : { status }),
    ...(state === undefined ? {} : { state }),
    reasons: [...new Set(reasons)],
    isNetwork: status === undefined && isNetworkError(thrown),
    message: parseText(body?.['message']) ?? (error instanceof Error ? error.message : String(error)),
  };
}

/** An error that may go into a log as `cause`: the client's own carries requests, headers and bodies. */
export function withoutPayload(error: unknown): Error {
  const plain = new Error(error instanceof Error ? error.message : String(error));
  if (error instanceof Error && error.stack !== undefined) plain.stack = error.stack;
  return plain;
}

/** Busy, contended or broken on the way: worth another try. Compute says 403 rateLimitExceeded where others say 429 (FACTS 7). */
export function isTransient({ status, reasons, isNetwork }: GoogleFailure): boolean {
  if (isNetwork) return true;
  if (status === 403) return reasons.some((reason) => rateLimits.has(reason));
  return status !== undefined && transientStatus.has(status);
}

/** Whether the request may have been carried out all the same. A 409, 412 or 429 says that it was not. */
export function isOutcomeUnknown({ status, isNetwork }: GoogleFailure): boolean {
  return isNetwork || (status !== undefined && status >= 500);
}

const transientStatus = new Set([409, 412, 429, 500, 502, 503, 504]);
const rateLimits = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED']);

function httpStatus(
  thrown: Readonly<Record<string, unknown>>,
  body: Readonly<Record<string, unknown>> | undefined,
): number | undefined {
  for (const value of [parseRecord(thrown['response'])?.['status'], thrown['status'], body?.['code'], thrown['code']]) {
    const code = Number(value);
    if (code >= 100 && code < 600) return code;
  }
  return rpcCodes[Number(thrown['code'])]?.[1];
}

/** The reason lies below the client's error: in its cause, or in the cause of that. */
function isNetworkError(error: Readonly<Record<string, unknown>> | undefined, depth = 0): boolean {
  if (!error || depth > 4) return false;
  const { code, name } = { code: error['code'], name: error['name'] };
  if (typeof code === 'string' && networkCodes.has(code)) return true;
  if (name === 'TimeoutError' || name === 'AbortError') return true;
  return isNetworkError(parseRecord(error['cause']), depth + 1);
}

const networkCodes = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** google.rpc codes that gapic clients throw as numbers, with their name and HTTP status. */
const rpcCodes: Readonly<Record<number, readonly [string, number]>> = {
  3: ['INVALID_ARGUMENT', 400],
  4: ['DEADLINE_EXCEEDED', 504],
  5: ['NOT_FOUND', 404],
  6: ['ALREADY_EXISTS', 409],
  7: ['PERMISSION_DENIED', 403],
  8: ['RESOURCE_EXHAUSTED', 429],
  9: ['FAILED_PRECONDITION', 400],
  10: ['ABORTED', 409],
  13: ['INTERNAL', 500],
  14: ['UNAVAILABLE', 503],
  16: ['UNAUTHENTICATED', 401],
};

/** An error body that came as text (a proxy's page, an empty answer) says nothing more than its status. */
function parseBody(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
