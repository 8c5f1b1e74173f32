import { setTimeout as wait } from 'node:timers/promises';
import type { RetryTiming } from './with-retry.ts';

/** Real time and real chance. */
export const realTiming: RetryTiming = {
  sleep: (ms) => wait(ms),
  random: Math.random,
  now: () => performance.now(),
};
