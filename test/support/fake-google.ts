import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

export interface FakeGoogle {
  readonly url: string;
  readonly host: string;
  readonly received: Received[];
  stop(): Promise<void>;
}

/** A loopback server that records what it is asked and answers as it is told. */
export async function startFakeGoogle(
  answer: (request: Received) => { status: number; body?: unknown } = () => ({ status: 200, body: {} }),
): Promise<FakeGoogle> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const text = (await request.setEncoding('utf8').toArray()).join('');
    const { method = '', url: path = '', headers } = request;
    const got = { method, path, headers, body: text ? JSON.parse(text) : undefined };
    received.push(got);
    const { status, body } = answer(got);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  server.on('connect', (request, socket) => {
    received.push({ method: 'CONNECT', path: request.url ?? '', headers: request.headers, body: undefined });
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    received,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
