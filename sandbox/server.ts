import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parseAccessToken } from './access-token.ts';
import { type ApiCall, type ApiMethod, type ApiReply, type Caller, GoogleError } from './api.ts';
import type { Cloud } from './cloud.ts';
import { type ControlRoutes, controlPrefix } from './control.ts';
import type { DiscoveryCheck } from './discovery-check.ts';
import { buildFaultError, type FaultRule, type Faults } from './faults.ts';
import { forgetfulCopy } from './forgetful-cloud.ts';
import { buildErrorBody } from './google-error-body.ts';
import { requirePermission } from './permissions.ts';
import type { RequestLog } from './request-log.ts';
import { buildRouter } from './route.ts';

export interface ServerParts {
  readonly cloud: Cloud;
  readonly methods: readonly ApiMethod[];
  readonly faults: Faults;
  readonly requestLog: RequestLog;
  readonly discovery: DiscoveryCheck;
  readonly control: ControlRoutes;
  /** Added to every API call. */
  readonly latencyMs: number;
}

/**
 * The HTTP face of the local Google Cloud. Takes origin-form requests (clients with a root URL of their own) and
 * absolute-form ones (gcloud with this server as its HTTP proxy); refuses CONNECT, so nothing can pass through it to the
 * real Google. What it does not serve is answered 501 and names itself.
 */
export function buildServer(parts: ServerParts): Server {
  const route = buildRouter(parts.methods);
  const server = createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (cause: unknown) =>
        send(response, {
          status: 500,
          body: buildErrorBody(new GoogleError(500, 'INTERNAL', String(cause)), undefined),
        }),
    );
  });
  server.on('connect', (request, socket) => {
    parts.requestLog.add({ kind: 'api', method: '', verb: 'CONNECT', url: request.url ?? '', status: 403 });
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  return server;

  async function answer(request: IncomingMessage): Promise<ApiReply> {
    const started = performance.now();
    const verb = request.method ?? 'GET';
    const url = parseTarget(request);
    const bytes = await readBody(request);
    if (url.pathname.startsWith(controlPrefix)) return parts.control(verb, url, bytes.toString('utf8'));

    const caller = parseCaller(request);
    const found = route(verb, url.host, url.pathname);
    const fault = found && caller ? parts.faults.draw(found.method.id, caller.email, url.pathname) : undefined;
    if (parts.latencyMs > 0) await wait(parts.latencyMs);
    let reply: ApiReply;
    try {
      if (!found) throw notServed(verb, url);
      if (!caller) throw unauthenticated();
      const userAgent = request.headers['user-agent'] ?? '';
      const call = {
        params: found.params,
        query: url.searchParams,
        body: found.method.takes === 'bytes' ? undefined : parseJson(bytes.toString('utf8')),
        caller,
        userAgent,
        host: url.host,
        raw: { bytes, headers: plainHeaders(request), verb },
      };
      reply = await serve(found.method, call, fault);
    } catch (cause) {
      reply = answerError(cause, found?.method);
      if (found) parts.discovery.checkRefusal(found.method, reply);
    }
    parts.requestLog.add({
      kind: 'api',
      method: found?.method.id ?? '',
      verb,
      url: url.pathname + url.search,
      host: url.host,
      caller: caller?.email ?? '',
      status: reply.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
      ...(fault ? { fault: String(fault.fault) } : {}),
    });
    return reply;
  }

  async function serve(method: ApiMethod, call: ApiCall, fault: FaultRule | undefined): Promise<ApiReply> {
    if (fault?.fault === 'slow') await wait(fault.delayMs ?? 1000);
    parts.discovery.checkRequest(method, call);
    try {
      const injected = fault && buildFaultError(fault.fault);
      if (injected) throw injected;
      if (method.permission) {
        const { name, on, modifiedRoles } = method.permission;
        requirePermission(parts.cloud, call.caller, name, on(call), modifiedRoles?.(call, parts.cloud));
      }
      const reply = await method.handle(call, fault?.fault === 'drop-write' ? forgetfulCopy(parts.cloud) : parts.cloud);
      parts.discovery.checkResponse(method, call, reply);
      return reply;
    } catch (cause) {
      if (cause instanceof GoogleError && !isOverload(cause)) method.onRefused?.(call, parts.cloud, cause);
      throw cause;
    }
  }
}

/** What went wrong, as an answer: Google's refusals in Google's words, anything else as a fault of the sandbox that somebody has to see. */
function answerError(cause: unknown, method: ApiMethod | undefined): ApiReply {
  if (cause instanceof GoogleError)
    return { status: cause.httpStatus, body: buildErrorBody(cause, method && apiOf(method)) };
  console.error(`sandbox: ${method?.id ?? 'a request'} failed`, cause);
  const error = new GoogleError(500, 'INTERNAL', `The sandbox failed: ${String(cause)}`, 'backendError');
  return { status: 500, body: buildErrorBody(error, method && apiOf(method)) };
}

function apiOf(method: ApiMethod): string | undefined {
  return method.document.split('.')[0];
}

function parseTarget(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  return new URL(/^https?:\/\//i.test(target) ? target : `http://${request.headers.host ?? '127.0.0.1'}${target}`);
}

function parseCaller(request: IncomingMessage): Caller | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : parseAccessToken(token);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

function parseJson(raw: string): unknown {
  if (raw.trim() === '') return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    throw new GoogleError(
      400,
      'INVALID_ARGUMENT',
      `Invalid JSON payload received. Unexpected token.\n${raw.slice(0, 60)}\n^`,
    );
  }
}

/** Google turns these away before the API has seen them: no audit entry. */
function isOverload({ httpStatus, reason }: GoogleError): boolean {
  return httpStatus === 429 || httpStatus === 503 || reason === 'rateLimitExceeded';
}

function notServed(verb: string, url: URL): GoogleError {
  return new GoogleError(
    501,
    'UNIMPLEMENTED',
    `${verb} ${url.host}${url.pathname} is not served by the sandbox.`,
    'notImplemented',
  );
}

function unauthenticated(): GoogleError {
  return new GoogleError(
    401,
    'UNAUTHENTICATED',
    'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    'required',
  );
}

function send(response: ServerResponse, { status, body, content }: ApiReply): void {
  const bytes = content?.bytes ?? Buffer.from(body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    ...content?.headers,
    'content-length': bytes.length,
  });
  response.end(bytes);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
