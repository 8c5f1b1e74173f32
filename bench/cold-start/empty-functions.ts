import { fileURLToPath } from 'node:url';
import { findFreePort, type RunningFunction, startFunction } from '../../sandbox/functions-host.ts';
import type { Message } from '../bench-event.ts';
import { type Contestant, measure } from './contestant.ts';

const sourceFile = fileURLToPath(new URL('../empty-function.mjs', import.meta.url));

/** The least function that the Functions Framework serves, asked the same as its rivals: the yardstick. */
export function emptyFunction(signatureType: 'cloudevent' | 'http', message: () => Message): Contestant {
  const target = signatureType === 'http' ? 'empty-request' : 'empty-event';
  return {
    name: target,
    async run() {
      const port = await findFreePort();
      let running: RunningFunction | undefined;
      const sample = await measure(port, message(), async () => {
        running = await startFunction({ target, sourceFile, signatureType, port });
        return running;
      });
      await running?.kill();
      return sample;
    },
  };
}
