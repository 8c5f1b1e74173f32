import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackServer {
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: string;
  /** Closes the port and every connection to it. */
  stop(): Promise<void>;
}

/** Starts an HTTP server that only this machine can reach; port 0 = any free one. Rejects when the port is taken. */
export async function startLoopbackServer(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = addressOf(server);
  return {
    port: actual,
    host: `127.0.0.1:${actual}`,
    url: `http://127.0.0.1:${actual}`,
    stop() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP port');
  return address;
}

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a URL stays on this machine: the sandbox sends nothing anywhere else (DESIGN 6.12). */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && loopbackHosts.has(new URL(url).hostname);
}
