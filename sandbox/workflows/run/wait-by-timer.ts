import { Cancelled } from '../workflow-error.ts';

/** A timer holds no more than 24 days. */
const longest = 2 ** 31 - 1;

/** Resolves after so many milliseconds, however many; rejects with Cancelled when the signal aborts. */
export async function waitByTimer(ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; left >= 0; left -= longest) await waitOnce(Math.min(left, longest), signal);
}

function waitOnce(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Cancelled());
    const stop = () => {
      clearTimeout(timer);
      reject(new Cancelled());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
