import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { AppError } from '../errors.ts';
import type { AccessToken } from './metadata-token.ts';
import { sendRequest } from './send-request.ts';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
}

export interface RestReply {
  readonly status: number;
  /** Parsed JSON; undefined where the answer has none. */
  readonly body: unknown;
}

export interface RestOptions {
  readonly token: AccessToken;
  /** Builds what is thrown when no answer comes. */
  readonly failed: (why: string, cause?: unknown) => AppError;
}

/**
 * One JSON call to a Google API without an SDK. 429, 500, 502, 503, 504 and broken connections are tried again, at most
 * five times in all, with full jitter (up to 0.2, 0.4, 0.8, 1.6 s): shorter than a delivery waits. The last answer is
 * returned whatever it is. Throws `failed(…)` if none came, and whatever `token` throws.
 */
export async function callRest(request: RestRequest, options: RestOptions): Promise<RestReply> {
  const { token, failed } = options;
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === 5;
    const bearer = await token();
    const reply = await send(request, bearer).catch((cause: unknown) => {
      if (isLast) throw failed('there was no answer', cause);
      return undefined;
    });
    if (reply && (isLast || !worthAnotherTry.has(reply.status))) return reply;
    await sleep(Math.random() * 200 * 2 ** (attempt - 1));
  }
}

/** The words of a Google error answer; empty if it has none. */
export function errorText(reply: RestReply): string {
  const parsed = googleError.safeParse(reply.body);
  return parsed.success ? parsed.data.error.message.slice(0, 500) : '';
}

const googleError = z.object({ error: z.object({ message: z.string() }) });

const worthAnotherTry = new Set([429, 500, 502, 503, 504]);

async function send({ method, url, body }: RestRequest, token: string): Promise<RestReply> {
  const { status, text } = await sendRequest({
    method,
    url,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    timeoutMs: 10_000,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status, body: parseBody(text) };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A gateway in between may answer in HTML; the status says enough.
    return undefined;
  }
}
