import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../functions/core/ledger.ts';
import { createIdTokens } from '../../sandbox/id-token.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface CommandLab {
  readonly folder: string;
  readonly ledgerFile: string;
  /** `sallyport …` as a process, in a folder of its own, with the ledger of this lab. */
  run(...args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }>;
  inLedger<T>(work: (ledger: Ledger) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Commands as a person runs them on a local Google Cloud, logged in as `email`; default its administrator. */
export async function openCommandLab(options: {
  readonly sandbox: { readonly url: string };
  readonly estate: { readonly projectId: string; readonly projectNumber: string };
  readonly email?: string;
}): Promise<CommandLab> {
  const { sandbox, estate, email = 'admin@example.com' } = options;
  const { projectId, projectNumber } = estate;
  const idTokens = await createIdTokens();
  const metadata = await startMetadataServer({ email, projectId, projectNumber, idTokens });
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-command-'));
  const ledgerFile = join(folder, 'ledger.db');
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    NO_COLOR: '1',
    SALLYPORT_SANDBOX_URL: sandbox.url,
    GCE_METADATA_HOST: metadata.host,
    SALLYPORT_LEDGER: ledgerFile,
  };
  return {
    folder,
    ledgerFile,
    async run(...args) {
      const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const texts = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (chunk: string) => {
          texts[name] += chunk;
        });
      }
      const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
      return { status, ...texts };
    },
    async inLedger(work) {
      const ledger = await openSqliteLedger(ledgerFile);
      try {
        return await work(ledger);
      } finally {
        await ledger.close();
      }
    },
    async stop() {
      await metadata.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
