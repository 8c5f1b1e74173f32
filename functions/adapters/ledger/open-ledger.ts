import type { Ledger } from '../../core/ledger.ts';
import type { LedgerOptions } from './ledger.ts';

export interface OpenLedgerOptions extends LedgerOptions {
  readonly env?: Record<string, string | undefined>;
}

/**
 * The ledger that `spec` names: `firestore` or `firestore:DATABASE` for the one of the own project (GOOGLE_CLOUD_PROJECT),
 * else the path of a SQLite file. Only the engine that is asked for is loaded. Throws `ledger-failed`, `ledger-too-new`,
 * `ledger-too-old`, `sandbox-not-loopback`.
 */
export async function openLedger(spec: string, options: OpenLedgerOptions = {}): Promise<Ledger> {
  if (isFirestore(spec)) {
    const { openFirestoreLedger } = await import('./firestore-ledger.ts');
    return openFirestoreLedger(spec.slice('firestore:'.length) || '(default)', options);
  }
  const { openSqliteLedger } = await import('./sqlite-ledger.ts');
  return openSqliteLedger(spec, options.now, options.retentionDays);
}

/** Whether a ledger is a database in the cloud; else it is a file. */
export function isFirestore(spec: string): boolean {
  return spec === 'firestore' || spec.startsWith('firestore:');
}
