import { fileURLToPath } from 'node:url';
import { buildFunctions } from '../scripts/build/build-functions.ts';
import { startFirestoreEmulator } from '../test/support/firestore-emulator.ts';
import { buildIgnoredEvent } from './bench-event.ts';
import { compare } from './cold-start/compare.ts';
import type { Contestant, Sample } from './cold-start/contestant.ts';
import { type ColdCloud, deployedFunctions } from './cold-start/deployed-functions.ts';
import { emptyFunction } from './cold-start/empty-functions.ts';
import type { Bench } from './figure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const builtDir = `${root}dist/functions`;

/**
 * From the start of a fresh process to its first answer, and its peak memory: the built functions against empty ones, in
 * turn. Those with a ledger have it in a SQLite file, and once more in Google's Firestore emulator where gcloud is.
 */
export const coldStart: Bench = async ({ quick, onProgress }) => {
  await buildFunctions({ root, outDir: builtDir });
  const emulator = await startFirestoreEmulator();
  const clouds: ColdCloud[] = [];
  try {
    clouds.push(await deployedFunctions(builtDir));
    if (emulator) {
      const ledger = { SALLYPORT_LEDGER: 'firestore', FIRESTORE_EMULATOR_HOST: emulator.host };
      clouds.push(await deployedFunctions(builtDir, ledger));
    }
    const event = () => buildIgnoredEvent('bench-prod', { service: 'app-0', region: 'us-east1', key: '' });
    const request = () => ({ headers: { 'content-type': 'application/json' }, body: '{}' });
    const contestants = [
      emptyFunction('cloudevent', event),
      emptyFunction('http', request),
      ...clouds.flatMap(({ functions }) => functions),
    ];
    return compare(await takeTurns(contestants, quick ? 7 : 15, onProgress), contestants);
  } finally {
    for (const cloud of clouds) await cloud.stop();
    await emulator?.stop();
  }
};

/** A B C A B C …, after one round that warms disk and sandbox and does not count. */
async function takeTurns(
  contestants: readonly Contestant[],
  rounds: number,
  onProgress?: (text: string) => void,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map(contestants.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 0; round <= rounds; round++) {
    onProgress?.(`cold start: round ${round} of ${rounds}`);
    for (const { name, run } of contestants) {
      const sample = await run();
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  return samples;
}
