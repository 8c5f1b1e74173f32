import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * For the one function that strangers may call. The Functions Framework reads a body of up to 1 GiB, unpacked, before
 * anybody can look at its signature: 200 KB of a stranger's would fill the memory. Here a packed body stays packed, and one that
 * says it is longer than `most` bytes stays unread. Neither can be signed by Slack, so the function refuses it.
 */
export function keepBodiesSmall(target: string, most: number): void {
  if (process.env['FUNCTION_TARGET'] !== target) return;
  subscribe('http.server.request.start', (message) => {
    const request = requestOf(message);
    if (!request) return;
    delete request.headers['content-encoding'];
    if (Number(request.headers['content-length'] ?? 0) > most) delete request.headers['content-length'];
  });
}

function requestOf(message: unknown): Pick<IncomingMessage, 'headers'> | undefined {
  const { request } = Object(message);
  return typeof request?.headers === 'object' ? request : undefined;
}
