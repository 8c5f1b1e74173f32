import { parseGoogleFailure } from '../../functions/adapters/google-failure.ts';
import { realTiming } from '../../functions/adapters/retry-timing.ts';
import { withRetry } from '../../functions/adapters/with-retry.ts';

/** A person waits: three tries, a few seconds. */
const limits = { attempts: 3, totalMs: 5000, baseMs: 200, capMs: 2000 };

/** One read of Google's; the error as it came when it failed. */
export function ask<T>(call: () => Promise<T>): Promise<T> {
  return withRetry(call, realTiming, { limits });
}

/** As `ask`; undefined = it is not there. */
export async function find<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask(call);
  } catch (error) {
    if (parseGoogleFailure(error).status === 404) return undefined;
    throw error;
  }
}
