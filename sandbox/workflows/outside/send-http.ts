import { buildAccessToken } from '../../access-token.ts';
import { toSandboxUrl } from '../../google-address.ts';
import type { IdTokens } from '../../id-token.ts';
import { isLoopbackUrl } from '../../loopback-server.ts';
import { map, numeric, text } from '../library/library-function.ts';
import { limits } from '../limits.ts';
import type { HttpRequest } from '../run/run-context.ts';
import { isList, isMap, mapOf, parseJsonValue, toJsonText, typeOf, type Value, type ValueMap } from '../value.ts';
import { Cancelled, raise } from '../workflow-error.ts';

export interface HttpOptions {
  /** E-mail that the workflow runs as. */
  readonly serviceAccount: string;
  readonly idTokens: Pick<IdTokens, 'mint'>;
  /** `http://127.0.0.1:PORT`: where calls to `https://….googleapis.com` go. */
  readonly rootUrl: string;
  readonly onAnswer?: (row: {
    readonly verb: string;
    readonly url: string;
    readonly status: number;
    readonly ms: number;
  }) => void;
}

/**
 * One HTTP call of a workflow, as its service account: OIDC gets a signed token, OAuth2 an access token. Nothing leaves this
 * machine. A timeout is real time. Throws HttpError for anything but 2xx, and what the connection came to.
 */
export async function sendHttp(
  { method, args }: HttpRequest,
  options: HttpOptions,
  signal: AbortSignal,
): Promise<ValueMap> {
  const url = buildUrl(args, options.rootUrl);
  const timeout = Number(numeric(args.get('timeout') ?? BigInt(limits.defaultHttpTimeout), 'timeout'));
  if (timeout <= 0 || timeout > limits.httpTimeout)
    throw raise('ValueError', `timeout of ${timeout} s: it is more than 0 and at most ${limits.httpTimeout}`);
  const { headers, body } = buildMessage(args);
  await addToken(headers, args, options);
  const started = performance.now();
  const answer = await fetchWithin(
    url,
    { method, headers, ...(body === undefined ? {} : { body }) },
    timeout,
    signal,
  ).catch((cause: unknown) => {
    options.onAnswer?.({ verb: method, url: url.href, status: 0, ms: Math.round(performance.now() - started) });
    throw cause;
  });
  options.onAnswer?.({
    verb: method,
    url: url.href,
    status: answer.status,
    ms: Math.round(performance.now() - started),
  });
  const isGood = answer.status >= 200 && answer.status < 300;
  const parts = { body: readBody(answer, isGood), code: BigInt(answer.status), headers: headersOf(answer.headers) };
  if (isGood) return mapOf(parts);
  throw raise('HttpError', `HTTP server responded with error code ${answer.status}`, parts);
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function fetchWithin(url: URL, init: RequestInit, timeout: number, signal: AbortSignal): Promise<Answer> {
  const late = AbortSignal.timeout(timeout * 1000);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any([signal, late]) });
    return { status: response.status, headers: response.headers, bytes: await readLimited(response) };
  } catch (cause) {
    if (signal.aborted) throw new Cancelled();
    if (late.aborted) throw raise('TimeoutError', `no answer within ${timeout} s`);
    if (!(cause instanceof TypeError)) throw cause;
    const code = errorCode(cause.cause);
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') throw raise('ConnectionFailedError', `${code} ${url.host}`);
    throw raise('ConnectionError', `${code ?? cause.message} ${url.host}`);
  }
}

async function readLimited(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limits.responseBytes)
      throw raise('ResourceLimitError', `the response exceeds the limit of ${limits.responseBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Google's own addresses mean the sandbox; every other one must be on this machine. */
function buildUrl(args: HttpRequest['args'], rootUrl: string): URL {
  const given = text(args.get('url'), 'url');
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw raise('ValueError', `url is no http or https URL: ${given.slice(0, 100)}`);
  const url = new URL(toSandboxUrl(given, rootUrl));
  if (!isLoopbackUrl(url.href))
    throw raise('ConnectionFailedError', `${url.host} is not on this machine, and the sandbox calls nothing else`);
  for (const [name, value] of args.has('query') ? map(args.get('query'), 'query') : [])
    for (const each of isList(value) ? value : [value]) url.searchParams.append(name, plainText(each, `query ${name}`));
  return url;
}

function buildMessage(args: HttpRequest['args']): { readonly headers: Headers; readonly body?: string | Buffer } {
  const headers = new Headers();
  for (const [name, value] of args.has('headers') ? map(args.get('headers'), 'headers') : [])
    headers.set(name, plainText(value, `header ${name}`));
  const agent = headers.get('user-agent');
  headers.set(
    'user-agent',
    `${agent === null ? '' : `${agent} `}GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)`,
  );
  const body = args.get('body');
  if (body === undefined || body === null) return { headers };
  const type = headers.get('content-type');
  if (body instanceof Uint8Array) {
    if (type === null) headers.set('content-type', 'application/octet-stream');
    return { headers, body: Buffer.from(body) };
  }
  if (type === null) headers.set('content-type', 'application/json; charset=utf-8');
  if (type === null || /\bjson\b/.test(type)) return { headers, body: encodeJson(body) };
  if (type.startsWith('application/x-www-form-urlencoded') && isMap(body))
    return {
      headers,
      body: new URLSearchParams(
        Object.fromEntries([...body].map(([name, value]) => [name, plainText(value, name)])),
      ).toString(),
    };
  return { headers, body: text(body, `body of type ${type}`) };
}

async function addToken(headers: Headers, args: HttpRequest['args'], options: HttpOptions): Promise<void> {
  if (!args.has('auth')) return;
  const auth = map(args.get('auth'), 'auth');
  const type = auth.get('type');
  if (type === 'OAuth2') {
    headers.set('authorization', `Bearer ${buildAccessToken(options.serviceAccount)}`);
    return;
  }
  if (type !== 'OIDC') throw raise('ValueError', `auth.type is ${String(type)}, not OIDC or OAuth2`);
  const audience = text(auth.get('audience') ?? args.get('url'), 'audience');
  headers.set('authorization', `Bearer ${await options.idTokens.mint({ email: options.serviceAccount, audience })}`);
}

/** JSON becomes a value, text a string, everything else bytes; an empty body is null. */
function readBody({ headers, bytes }: Answer, isStrict: boolean): Value {
  if (bytes.length === 0) return null;
  const type = headers.get('content-type') ?? '';
  if (/^application\/(?:[\w.-]+\+)?json\b/.test(type)) {
    try {
      return parseJsonValue(bytes.toString('utf8'));
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      if (isStrict) throw raise('ResponseTypeError', `the body is no JSON: ${cause.message}`);
      return bytes.toString('utf8');
    }
  }
  return type.startsWith('text/') ? bytes.toString('utf8') : bytes;
}

/** Named as Go writes them: `Content-Type`. */
function headersOf(headers: Headers): Value {
  return new Map(
    [...headers].map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()), value]),
  );
}

function encodeJson(body: Value): string {
  const encoded = toJsonText(body);
  if (encoded === undefined) throw raise('TypeError', 'bytes in the body cannot be written as JSON');
  return encoded;
}

function plainText(value: Value, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw raise('TypeError', `${what} is ${typeOf(value)}, not a plain value`);
}

function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}
