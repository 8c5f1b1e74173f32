import type { GoogleAuth } from 'google-auth-library';
import { apiRoot, type GoogleApi } from '../api-root.ts';
import { createGoogleAuth } from '../google-auth.ts';
import type { AccessToken } from '../metadata-token.ts';
import { once } from '../once.ts';
import { sendRequest } from '../send-request.ts';

type Environment = Record<string, string | undefined>;

/** How the clients of one process log in and where they go. Their own retries are off: `withRetry` is the only place that repeats. */
export interface Connection {
  /** Options of a REST client (`googleapis`). */
  rest(api: GoogleApi): Promise<RestOptions>;
  /** Options of a client made for gRPC, in REST mode: it loads faster, and it is what the sandbox speaks. */
  restMode(api: GoogleApi): Promise<RestModeOptions>;
}

export interface RestOptions {
  readonly auth?: never;
  readonly rootUrl: string;
  readonly retry: boolean;
  readonly timeout: number;
  readonly fetchImplementation?: typeof fetch;
}

/** A type, because the clients want an index. */
type RestModeOptions = {
  readonly fallback: true;
  readonly authClient: never;
  readonly protocol: string;
  readonly apiEndpoint: string;
  readonly port: number;
};

/**
 * One login for all clients, which go where `apiRoot` says. With `token`, which a function has from its metadata server,
 * the REST clients log in by it, and the library that knows all other ways to log in is not loaded: a cold start is a
 * tenth shorter.
 */
export function connectToGoogle(env: Environment = process.env, token?: AccessToken): Connection {
  const login = once(() => createGoogleAuth(env));
  return {
    rest: async (api) => ({
      rootUrl: `${apiRoot(api, env)}/`,
      retry: false,
      timeout: 30_000,
      ...(token ? { fetchImplementation: fetchWith(token) } : { auth: asNested(await login()), ...ownFetch(env) }),
    }),
    restMode: async (api) => buildRestMode(await login(), apiRoot(api, env)),
  };
}

/** Node's own fetch keeps connections and takes half the time of the clients' default, but knows no proxy. */
function ownFetch(env: Environment): { fetchImplementation?: typeof fetch } {
  const hasProxy = Object.entries(env).some(([name, value]) => /^https?_proxy$/i.test(name) && value);
  return hasProxy ? {} : { fetchImplementation: fetch };
}

/** As much of fetch as the REST clients use, by Node's http module: starting fetch itself takes a cold start another tenth. */
function fetchWith(token: AccessToken): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${await token()}`);
    const { status, text, contentType } = await sendRequest({
      method: init?.method ?? 'GET',
      url: String(input),
      headers: Object.fromEntries(headers),
      timeoutMs: 30_000,
      ...(typeof init?.body === 'string' ? { body: init.body } : {}),
    });
    return new Response(text === '' ? null : text, { status, headers: { 'content-type': contentType } });
  };
}

async function buildRestMode(auth: GoogleAuth, apiRoot: string): Promise<RestModeOptions> {
  const root = new URL(apiRoot);
  const isHttp = root.protocol === 'http:';
  return {
    fallback: true,
    authClient: asNested(await auth.getClient()),
    protocol: root.protocol.slice(0, -1),
    apiEndpoint: root.hostname,
    port: Number(root.port) || (isHttp ? 80 : 443),
  };
}

/** Each Google package brings its own copy of google-auth-library; the classes are the same, their private types are not. */
function asNested(auth: unknown): never {
  return auth as never;
}
