import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../cloud.ts';
import type { IdTokens } from '../id-token.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { RequestLog } from '../request-log.ts';
import { answerRequest } from './answer-request.ts';
import type { DoorAnswer, DoorParts } from './door.ts';
import { createSessions } from './session.ts';
import { createTurns } from './turns.ts';

export interface FrontDoorOptions {
  readonly cloud: Cloud;
  readonly idTokens: IdTokens;
  readonly requestLog: Pick<RequestLog, 'add'>;
  /** Default: any free port. */
  readonly port?: number;
}

/**
 * The way in for users: one loopback port that stands for every load balancer and every `*.run.app` host of the cloud, told
 * apart by the Host header. Each request is a row of kind `front-door`. `x-sandbox-region: R` takes a region by force, and
 * `x-sandbox-scheme: http` asks the balancers of port 80, `x-sandbox-pushed-from: PROJECT` comes as that project's Pub/Sub; each answer says its region. Paths of its own, on any host:
 * `/_sandbox/sign-in?user=E-MAIL` (a session for people), `/_sandbox/id-token?email=…&audience=…`, `/_sandbox/jwks`.
 */
export async function startFrontDoor(options: FrontDoorOptions): Promise<LoopbackServer> {
  const { cloud, idTokens, requestLog } = options;
  const parts: DoorParts = { cloud, idTokens, sessions: createSessions() };
  const turns = createTurns();
  return startLoopbackServer((request, response) => {
    answer(request).then(
      (reply) => send(request, response, reply),
      (cause: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`the front door failed: ${String(cause)}\n`);
      },
    );
  }, options.port);

  async function answer(request: IncomingMessage): Promise<Pick<DoorAnswer, 'status' | 'headers' | 'body'>> {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://front-door');
    const own = await answerOwnPath(parts, url);
    if (own) return own;
    const started = performance.now();
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const asked = {
      method: request.method ?? 'GET',
      host,
      path: url.pathname,
      query: url.search,
      scheme: request.headers['x-sandbox-scheme'] === 'http' ? ('http' as const) : ('https' as const),
      headers: withoutGoogleHeaders(request.headers),
    };
    const reply = await answerRequest(parts, asked, turns);
    requestLog.add({
      kind: 'front-door',
      verb: asked.method,
      host,
      path: asked.path,
      user: reply.user ?? null,
      region: reply.region ?? null,
      status: reply.status,
      door: reply.door,
      ...(reply.certificate === undefined ? {} : { certificate: reply.certificate }),
      ...(reply.why === undefined ? {} : { why: reply.why }),
      ms: Math.round(performance.now() - started),
    });
    const region = reply.region === undefined ? {} : { 'x-sandbox-region': reply.region };
    return { ...reply, headers: { ...reply.headers, ...region } };
  }
}

/** Nobody outside may claim to be IAP; what Pub/Sub says of an unwrapped message is let through, as far as IAP. */
function withoutGoogleHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const isKept = (name: string) => !name.startsWith('x-goog-') || name.startsWith('x-goog-pubsub-');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));
}

type Plain = Pick<DoorAnswer, 'status' | 'headers' | 'body'>;

async function answerOwnPath({ idTokens, sessions }: DoorParts, url: URL): Promise<Plain | undefined> {
  const query = url.searchParams;
  const text = { 'content-type': 'text/plain; charset=UTF-8' };
  switch (url.pathname) {
    case '/_sandbox/sign-in': {
      const user = query.get('user') ?? '';
      if (!/^[^\s@;]+@[^\s@;]+$/.test(user)) return { status: 400, headers: text, body: 'which ?user=E-MAIL\n' };
      return { status: 200, headers: { ...text, 'set-cookie': sessions.issue(user) }, body: `signed in as ${user}\n` };
    }
    case '/_sandbox/id-token': {
      const [email, audience] = [query.get('email'), query.get('audience')];
      if (!email || !audience) return { status: 400, headers: text, body: 'which ?email=…&audience=…\n' };
      return { status: 200, headers: text, body: `${await idTokens.mint({ email, audience })}\n` };
    }
    case '/_sandbox/jwks':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(idTokens.jwks) };
    default:
      return undefined;
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Plain): void {
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}
