import type { Ledger } from '../../core/world.ts';
import { AppError } from '../../errors.ts';
import type { OpenLedgerOptions } from './open-ledger.ts';

/** The ledger in Firestore. */
export async function openFirestoreLedger(database: string, _options: OpenLedgerOptions): Promise<Ledger> {
  throw new AppError('ledger-failed', `The Firestore database ${database} cannot be opened yet.`);
}
