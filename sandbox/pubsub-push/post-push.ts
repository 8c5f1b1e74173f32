import { request } from 'node:http';
import type { PushRequest } from './build-push-request.ts';

export interface PushTarget {
  /** Of this machine. */
  readonly port: number;
  readonly hostname: string;
  /** The Host header: the endpoint's own host. */
  readonly host: string;
  /** With query. */
  readonly path: string;
}

export interface PushAnswer {
  /** 0 = no answer. */
  readonly status: number;
  /** Where the front door led it; absent for an endpoint that is called itself. */
  readonly region?: string | undefined;
  /** The beginning of a refusal, or why there was no answer. */
  readonly why?: string;
}

/** Posts one push and waits for the answer; redirects are answers. Never throws. node:http, because fetch does not let its caller choose the Host. */
export function postPush(
  { port, hostname, host, path }: PushTarget,
  { headers, body }: PushRequest,
  { region, signal }: { readonly region: string | undefined; readonly signal: AbortSignal },
): Promise<PushAnswer> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: hostname,
        port,
        path,
        method: 'POST',
        agent: false,
        signal,
        headers: {
          ...headers,
          host,
          'content-length': body.length,
          ...(region === undefined ? {} : { 'x-sandbox-region': region }),
        },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          if (text.length < 1000) text += chunk;
        });
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const came = response.headers['x-sandbox-region'];
          resolve({
            status,
            ...(typeof came === 'string' ? { region: came } : {}),
            ...(status >= 300 ? { why: plain(text) } : {}),
          });
        });
        response.on('error', (cause) => resolve({ status: 0, why: String(cause) }));
      },
    );
    asked.on('error', (cause) => resolve({ status: 0, why: signal.aborted ? 'no answer in time' : String(cause) }));
    asked.end(body);
  });
}

/** What a person would read of a page. */
function plain(text: string): string {
  return text
    .replaceAll(/<title>[^<]*<\/title>|<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
