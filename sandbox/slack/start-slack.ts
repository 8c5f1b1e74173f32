import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { renderPage } from './page.ts';
import { type PressResult, sendPress, sendSigned } from './press.ts';
import { createRateLimit } from './rate-limit.ts';
import { readBody, readCall } from './read-call.ts';
import { createSlackFaults, type SlackFaults } from './slack-faults.ts';
import { createSlackStore, type SlackChannel, type SlackStore, type SlackUser } from './slack-store.ts';
import { answerWebApi } from './web-api.ts';

export interface SlackOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: one channel, `C0SECURITY`. */
  readonly channels?: readonly SlackChannel[];
  /** Who may press on the page; default: an approver and a stranger. */
  readonly users?: readonly SlackUser[];
  /** Of the app; default: what it needs. */
  readonly scopes?: readonly string[];
  /** One message a second and channel, with short bursts; default true. */
  readonly isLimited?: boolean;
  readonly now?: () => number;
  /** Hears of each call of the Web API. */
  readonly onCall?: (call: SlackCall) => void;
}

export interface SlackCall {
  readonly method: string;
  readonly status: number;
  /** Slack's error word; absent = ok. */
  readonly error?: string;
}

export interface PressRequest {
  readonly channel: string;
  readonly ts: string;
  readonly actionId: string;
  /** Id of one of the users. */
  readonly user: string;
  readonly forged?: boolean;
  readonly ageSeconds?: number;
}

export interface SlackStandIn {
  /** `http://127.0.0.1:PORT`; the page is there. */
  readonly url: string;
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  /** For SLACK_BOT_TOKEN. */
  readonly token: string;
  /** For SLACK_SIGNING_SECRET. */
  readonly signingSecret: string;
  readonly store: SlackStore;
  readonly faults: SlackFaults;
  readonly calls: readonly SlackCall[];
  /** What was said to one person only. */
  readonly whispers: readonly string[];
  /** Where presses go: the URL of slack-action. */
  setActionUrl(url: string): void;
  /** Somebody presses; resolves with what the action URL answered. */
  press(request: PressRequest): Promise<PressResult>;
  /** The same bytes once more. */
  replay(sent: PressResult['sent']): Promise<Pick<PressResult, 'status' | 'body'>>;
  stop(): Promise<void>;
}

const pressBody = z.object({
  channel: z.string(),
  ts: z.string(),
  actionId: z.string(),
  user: z.string(),
  how: z.enum(['', 'forged', 'old', 'twice']),
});

/** Starts the stand-in for Slack on 127.0.0.1. Token and signing secret are made anew each time. */
export async function startSlack(options: SlackOptions = {}): Promise<SlackStandIn> {
  const now = options.now ?? Date.now;
  const channels = options.channels ?? [{ id: 'C0SECURITY', name: 'security' }];
  const users = options.users ?? [
    { id: 'U0ANN', name: 'ann' },
    { id: 'U0STRANGER', name: 'mallory' },
  ];
  const token = `xoxb-sandbox-${randomBytes(12).toString('hex')}`;
  const signingSecret = randomBytes(16).toString('hex');
  const store = createSlackStore(channels, now);
  const faults = createSlackFaults(now);
  const limit = createRateLimit(now);
  const scopes = new Set(options.scopes ?? ['chat:write', 'channels:history']);
  const calls: SlackCall[] = [];
  const whispers: string[] = [];
  const presses: PressResult[] = [];
  const hooks = new Map<string, { left: number; until: number }>();
  let actionUrl: string | undefined;

  const server: LoopbackServer = await startLoopbackServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`the stand-in failed: ${String(cause)}\n`);
    });
  }, options.port);
  return {
    url: server.url,
    apiUrl: `${server.url}/api/`,
    token,
    signingSecret,
    store,
    faults,
    calls,
    whispers,
    setActionUrl: (url) => {
      actionUrl = url;
    },
    press,
    replay: (sent) => sendSigned(needActionUrl(), sent),
    stop: () => server.stop(),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://slack');
    const body = await readBody(request);
    // A page of somebody else's must not press: browsers name where a request comes from.
    const isForeign = request.headers.origin !== undefined && request.headers.origin !== server.url;
    const route = `${request.method} ${pathname}`;
    if (isForeign) response.writeHead(403).end();
    else if (pathname.startsWith('/api/')) await answerApi(pathname.slice('/api/'.length), request, response, body);
    else if (pathname.startsWith('/_hooks/')) answerHook(pathname, response, body);
    else if (route === 'GET /') sendPage(response);
    else if (route === 'GET /_stand-in/version')
      response.end(String(store.version() + whispers.length + presses.length));
    else if (route === 'POST /_stand-in/press') {
      await pressFromPage(pressBody.parse(JSON.parse(body)));
      response.writeHead(204).end();
    } else response.writeHead(404).end();
  }

  async function answerApi(
    method: string,
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
  ): Promise<void> {
    const fault = faults.draw(method);
    const done = (status: number, error?: string): void => {
      const call = { method, status, ...(error === undefined ? {} : { error }) };
      calls.push(call);
      options.onCall?.(call);
    };
    if (fault?.kind === 'down') {
      done(0, 'down');
      request.socket.destroy();
      return;
    }
    if (fault?.kind === '500' || fault?.kind === 'html') {
      const status = fault.kind === '500' ? 500 : 200;
      done(status, fault.kind);
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>Something went wrong</body></html>');
      return;
    }
    const call = readCall(method, request, body);
    const wait = fault?.kind === '429' ? (fault.retryAfter ?? 1) : limitOf(method, call?.fields['channel']);
    if (wait !== undefined) {
      done(429, 'ratelimited');
      const headers = { 'content-type': 'application/json', 'retry-after': String(wait) };
      response.writeHead(429, headers).end(JSON.stringify({ ok: false, error: 'ratelimited' }));
      return;
    }
    const reply = call ? answerWebApi(call, { store, token, scopes }) : { ok: false, error: 'invalid_form_data' };
    done(200, reply.ok ? undefined : String(Object(reply).error));
    if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 1000);
    if (fault?.kind === 'answer-lost') request.socket.destroy();
    else response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(reply));
  }

  function limitOf(method: string, channel: unknown): number | undefined {
    return options.isLimited === false ? undefined : limit(method, String(channel));
  }

  /** At most 5 times within 30 minutes (FACTS 18). */
  function answerHook(path: string, response: ServerResponse, body: string): void {
    const hook = hooks.get(path);
    if (!hook || hook.left <= 0 || now() > hook.until) {
      response.writeHead(404).end('expired_url');
      return;
    }
    hook.left -= 1;
    whispers.push(String(Object(JSON.parse(body)).text));
    response.writeHead(200).end('ok');
  }

  async function press({ channel, ts, actionId, user, ...how }: PressRequest): Promise<PressResult> {
    const [place, message, person] = [
      store.channels.get(channel),
      store.find(channel, ts),
      users.find(({ id }) => id === user),
    ];
    if (!place || !message || !person) throw new Error(`nobody can press ${actionId} in ${channel} ${ts} as ${user}`);
    const hook = `/_hooks/actions/${randomBytes(8).toString('hex')}`;
    hooks.set(hook, { left: 5, until: now() + 30 * 60_000 });
    const result = await sendPress({
      ...how,
      user: person,
      channel: place,
      message,
      actionId,
      actionUrl: needActionUrl(),
      responseUrl: `${server.url}${hook}`,
      signingSecret,
      now: now(),
    });
    presses.push(result);
    return result;
  }

  async function pressFromPage({ how, ...request }: z.infer<typeof pressBody>): Promise<void> {
    const { sent } = await press({
      ...request,
      ...(how === 'forged' ? { forged: true } : {}),
      ...(how === 'old' ? { ageSeconds: 360 } : {}),
    });
    if (how === 'twice')
      presses.push({ user: request.user, actionId: request.actionId, ...(await sendSigned(needActionUrl(), sent)) });
  }

  function needActionUrl(): string {
    if (actionUrl === undefined) throw new Error('no action URL is set: setActionUrl');
    return actionUrl;
  }

  function sendPage(response: ServerResponse): void {
    const nonce = randomBytes(12).toString('base64');
    const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    response.end(renderPage({ store, users, canPress: actionUrl !== undefined, whispers, presses, nonce }));
  }
}
