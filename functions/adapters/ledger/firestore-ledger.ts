import type { Settings } from '@google-cloud/firestore';
import type { Ledger } from '../../core/ledger.ts';
import { TerminalError } from '../../errors.ts';
import { enterSandbox } from '../api-root.ts';
import { buildFirestoreStore } from './firestore-store.ts';
import { buildLedger, defaultRetentionDays } from './ledger.ts';
import type { OpenLedgerOptions } from './open-ledger.ts';

/**
 * The ledger in a Firestore database (Native mode) of the own project, with Application Default Credentials, or in the
 * emulator that FIRESTORE_EMULATOR_HOST names. In a sandbox run only an emulator on this machine will do.
 */
export async function openFirestoreLedger(databaseId: string, options: OpenLedgerOptions = {}): Promise<Ledger> {
  const { env = process.env, retentionDays = defaultRetentionDays } = options;
  const isSandbox = enterSandbox(env) !== undefined;
  const host = env['FIRESTORE_EMULATOR_HOST'];
  if (isSandbox) assertLoopback(host);
  const { default: library } = await import('@google-cloud/firestore');
  const project = env['GOOGLE_CLOUD_PROJECT'];
  const database = new library.Firestore({
    databaseId,
    ...(project ? { projectId: project } : {}),
    ...(host ? await emulator(host) : {}),
  });
  return buildLedger(buildFirestoreStore({ database, removed: library.FieldValue.delete(), retentionDays }), options);
}

/** The emulator asks for no credentials, so none are looked for: not in a home folder, not at a metadata server. */
async function emulator(host: string): Promise<Settings> {
  const { default: auth } = await import('google-auth-library');
  return { host, ssl: false, auth: new auth.GoogleAuth({ authClient: new auth.PassThroughClient() }) };
}

function assertLoopback(host: string | undefined): void {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname;
  if (name === '127.0.0.1' || name === 'localhost' || name === '[::1]') return;
  throw new TerminalError(
    'sandbox-not-loopback',
    `FIRESTORE_EMULATOR_HOST is ${JSON.stringify(host ?? '')}: a sandbox run may keep its ledger on this machine only.`,
    {
      hint: 'Start the emulator (gcloud emulators firestore start --host-port=127.0.0.1:PORT) and set FIRESTORE_EMULATOR_HOST to it, or name a file with SALLYPORT_LEDGER.',
    },
  );
}
