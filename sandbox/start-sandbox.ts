import type { Server } from 'node:http';
import { apiMethods } from './apis/index.ts';
import { type AuditListener, buildCloud } from './build-cloud.ts';
import type { Cloud } from './cloud.ts';
import { buildControlRoutes } from './control.ts';
import { buildDiscoveryCheck, type DiscoveryCheck } from './discovery-check.ts';
import { buildFaults, type Faults } from './faults.ts';
import { openRequestLog, type RequestLog } from './request-log.ts';
import { buildServer } from './server.ts';

export interface SandboxOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** `2021`: IAM takes an OAuth client ID as a member. Default `today`. */
  readonly iam?: 'today' | '2021';
  /** Requests are appended to it as NDJSON. */
  readonly logFile?: string;
  /** Of injected faults. */
  readonly seed?: number;
  /** Added to every API call. */
  readonly latencyMs?: number;
  /** Google's Discovery documents; default `../shared/data/discovery` beside the repository. */
  readonly discoveryDir?: string;
  readonly now?: () => Date;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, no slash at its end: the root URL of every Google API. */
  readonly url: string;
  readonly port: number;
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly requestLog: RequestLog;
  readonly discovery: DiscoveryCheck;
  /** Hears each audit entry after it was stored; the answer stops that. */
  onAudit(listener: AuditListener): () => void;
  /** Closes the port and every connection; nothing stays open. */
  stop(): Promise<void>;
}

/** Starts a local Google Cloud, empty but for Google's roles, on 127.0.0.1 only. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { cloud, onAudit } = buildCloud({ iam: options.iam ?? 'today', ...(options.now ? { now: options.now } : {}) });
  const faults = buildFaults(options.seed);
  const requestLog = openRequestLog({ file: options.logFile, now: () => cloud.now() });
  const discovery = buildDiscoveryCheck(options.discoveryDir);
  const control = buildControlRoutes({ requestLog, faults, discovery, cloud });
  const server = buildServer({
    cloud,
    methods: apiMethods,
    faults,
    requestLog,
    discovery,
    control,
    latencyMs: options.latencyMs ?? 0,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const port = portOf(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    cloud,
    faults,
    requestLog,
    discovery,
    onAudit,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      requestLog.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no TCP port');
  return address.port;
}
