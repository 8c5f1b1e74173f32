import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { childPreload, homePrefix } from './child-preload.ts';

export interface FunctionOptions {
  /** The name that the source file registers with the Functions Framework. */
  readonly target: string;
  readonly sourceFile: string;
  readonly signatureType: 'http' | 'cloudevent';
  /** The whole environment besides what Cloud Run itself sets: nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: any free port. A restart on the same port keeps the URL. */
  readonly port?: number;
  /** Each line of its output: a JSON line parsed, any other as `{severity, message}`. */
  readonly onLog?: (entry: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds until the start counts as failed; default 20,000. */
  readonly startTimeout?: number;
}

export interface RunningFunction {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGKILL at once, as when a machine dies. */
  kill(): Promise<void>;
  /** SIGTERM, and SIGKILL after 3 s. */
  stop(): Promise<void>;
}

const framework = fileURLToPath(import.meta.resolve('@google-cloud/functions-framework')).replace(
  /index\.js$/,
  'main.js',
);

/**
 * Starts a function as Cloud Run functions does: its own process on the Functions Framework, an environment built from
 * scratch, on loopback. Resolves when its port answers; rejects with its last output when it does not. It ends with its parent.
 */
export async function startFunction(options: FunctionOptions): Promise<RunningFunction> {
  refuseCredentials(options.env ?? {});
  refuseOldNode(options.sourceFile);
  const port = options.port ?? (await findFreePort());
  const home = mkdtempSync(join(tmpdir(), homePrefix));
  const child = spawn(process.execPath, buildArguments(options, port), {
    cwd: home,
    env: buildEnvironment(options, home),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  const keep = (line: string) => output.push(line) > 40 && output.shift();
  readLines(child.stdout, 'DEFAULT', keep, options.onLog);
  readLines(child.stderr, 'ERROR', keep, options.onLog);
  const exited = watchExit(child, home);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  try {
    await waitForPort(port, child, options.startTimeout ?? 20_000);
  } catch (cause) {
    await end('SIGKILL');
    throw new Error(`function ${options.target} did not start: ${output.join('\n')}`, { cause });
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    exited,
    kill: () => end('SIGKILL'),
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await end('SIGTERM');
      clearTimeout(timer);
    },
  };
}

/** Google credentials, gcloud's settings and proxies must never come near a sandbox run (DESIGN 6.12). */
function refuseCredentials(env: Readonly<Record<string, string>>): void {
  const bad = Object.keys(env).find((name) => /^(GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK_.*)$|_proxy$/i.test(name));
  if (bad) throw new Error(`${bad} may not be passed to a function of the sandbox`);
}

function refuseOldNode(sourceFile: string): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (!sourceFile.endsWith('.ts') || major > 22 || (major === 22 && minor >= 18)) return;
  throw new Error(`a function in TypeScript needs Node 22.18 or newer, this is ${process.versions.node}`);
}

function buildArguments({ target, sourceFile, signatureType }: FunctionOptions, port: number): string[] {
  return [
    '--disable-warning=ExperimentalWarning',
    `--import=${childPreload}`,
    framework,
    `--target=${target}`,
    `--source=${sourceFile}`,
    `--signature-type=${signatureType}`,
    `--port=${port}`,
  ];
}

function buildEnvironment({ target, signatureType, env }: FunctionOptions, home: string): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    NODE_ENV: 'production',
    K_SERVICE: target,
    K_REVISION: `${target}-00001-abc`,
    K_CONFIGURATION: target,
    FUNCTION_TARGET: target,
    FUNCTION_SIGNATURE_TYPE: signatureType,
    ...env,
  };
}

function readLines(
  stream: Readable | null,
  severity: string,
  keep: (line: string) => void,
  onLog: FunctionOptions['onLog'],
): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', (line) => {
    keep(line);
    onLog?.(parseLogLine(line) ?? { severity, message: line });
  });
}

function parseLogLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Processes and their home folders. */
const living = new Map<ChildProcess, string>();
let endsWithUs = false;

function watchExit(child: ChildProcess, home: string): RunningFunction['exited'] {
  living.set(child, home);
  if (!endsWithUs) {
    process.on('exit', () => {
      for (const [each, folder] of living) {
        each.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      }
    });
    endsWithUs = true;
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      living.delete(child);
      rmSync(home, { recursive: true, force: true });
      resolve({ code, signal });
    });
  });
}

async function waitForPort(port: number, child: ChildProcess, timeout: number): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await canConnect(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the process ended');
    if (Date.now() > end) throw new Error(`port ${port} did not answer within ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A loopback port that nobody listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
