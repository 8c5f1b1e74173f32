import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasUsableGcloud } from './usable-gcloud.ts';

export interface FirestoreEmulator {
  /** `127.0.0.1:PORT`, for FIRESTORE_EMULATOR_HOST. */
  readonly host: string;
  stop(): Promise<void>;
}

const rules = fileURLToPath(new URL('../../infra/firestore/firestore.rules', import.meta.url));
const startMs = 90_000;

/** Google's own Firestore emulator with our rules on a free port; undefined (told why) where there is no gcloud. */
export async function startFirestoreEmulator(): Promise<FirestoreEmulator | undefined> {
  if (!hasUsableGcloud()) return undefined;
  const host = `127.0.0.1:${await freePort()}`;
  const args = ['emulators', 'firestore', 'start', `--host-port=${host}`, `--rules=${rules}`, '--quiet'];
  // A process group of its own: gcloud starts a shell that starts Java, and all of them are to end.
  const child = spawn('gcloud', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const end = () => endGroup(child);
  process.once('exit', end);
  const stop = async () => {
    process.off('exit', end);
    if (child.exitCode !== null || child.signalCode !== null) return end();
    const ended = once(child, 'exit');
    end();
    await ended;
  };
  const deadline = Date.now() + startMs;
  while (!(await answers(host))) {
    if (child.exitCode === null && Date.now() < deadline) await setTimeout(100);
    else {
      await stop();
      throw new Error(`The Firestore emulator did not start: ${output}`);
    }
  }
  return { host, stop };
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
