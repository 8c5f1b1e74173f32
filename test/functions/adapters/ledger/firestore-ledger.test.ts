import { openFirestoreLedger } from '../../../../functions/adapters/ledger/firestore-ledger.ts';
import type { Ledger } from '../../../../functions/core/world.ts';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../support/firestore-emulator.ts';
import { describeLedger } from './ledger-contract.ts';
import { describeRaces } from './race-contract.ts';

describe('Firestore ledger', function () {
  this.timeout(120_000);
  let emulator: FirestoreEmulator | undefined;
  let count = 0;
  before(async function () {
    emulator = await startFirestoreEmulator();
    if (!emulator) this.skip();
  });
  after(() => emulator?.stop());

  /** A project of its own is an empty database. */
  const newEnv = () => {
    count += 1;
    return { FIRESTORE_EMULATOR_HOST: emulator?.host, GOOGLE_CLOUD_PROJECT: `demo-${count}` };
  };
  const open = (now: () => number, env = newEnv()): Promise<Ledger> => openFirestoreLedger('(default)', { now, env });

  describeLedger('Firestore', open);
  describeRaces(() => ({ spec: 'firestore', env: newEnv() }));
});
