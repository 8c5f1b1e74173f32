import type { EventRequest } from './event-request.ts';
import type { IdTokens } from './id-token.ts';
import { isLoopbackUrl } from './loopback-server.ts';

export interface EventReceiver {
  /** Where the function listens; asked before each attempt when it is a function, so that it may move. */
  readonly url: string | (() => string);
  /** Sends an ID token of this account, audience = the URL. */
  readonly serviceAccount?: string;
}

export interface SendOptions {
  readonly idTokens?: IdTokens | undefined;
  readonly signal: AbortSignal;
}

/** POSTs an event; status 0 and an error when no answer came. Sends nothing to another machine. */
export async function sendEvent(
  receiver: EventReceiver,
  request: EventRequest,
  { idTokens, signal }: SendOptions,
): Promise<{ readonly status: number; readonly error?: string }> {
  try {
    const url = typeof receiver.url === 'function' ? receiver.url() : receiver.url;
    if (!isLoopbackUrl(url)) return { status: 0, error: `${url} is not on this machine` };
    const { serviceAccount: email } = receiver;
    const token = email && idTokens ? await idTokens.mint({ email, audience: url }) : undefined;
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: request.body,
      redirect: 'manual',
      signal,
    });
    await response.arrayBuffer();
    return { status: response.status };
  } catch (cause) {
    return { status: 0, error: cause instanceof Error ? String(cause.cause ?? cause.message) : String(cause) };
  }
}
