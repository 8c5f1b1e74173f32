import { type GoogleFailure, isTransient, parseGoogleFailure } from './google-failure.ts';

/** Waiting and chance come from outside, so that tests need neither. */
export interface RetryTiming {
  /** Waits this many milliseconds. */
  sleep(ms: number): Promise<void>;
  /** 0 <= number < 1. */
  random(): number;
  /** Milliseconds, of any origin. */
  now(): number;
}

export interface RetryLimits {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** No new try is begun once this many milliseconds have passed. */
  readonly totalMs: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export const defaultLimits: RetryLimits = { attempts: 8, totalMs: 60_000, baseMs: 100, capMs: 10_000 };

/**
 * Repeats a call while its failure is transient, with full-jitter exponential back-off (DESIGN 6.3). Throws the last
 * error as it came when tries or time are used up, or at once when the failure is not transient.
 */
export async function withRetry<T>(
  call: () => Promise<T>,
  timing: RetryTiming,
  options: {
    readonly limits?: RetryLimits;
    readonly onRetry?: (failure: GoogleFailure, attempt: number) => void;
  } = {},
): Promise<T> {
  const limits = options.limits ?? defaultLimits;
  const start = timing.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const failure = parseGoogleFailure(error);
      const wait = backOff(attempt, timing, limits);
      const isLate = timing.now() + wait - start > limits.totalMs;
      if (!isTransient(failure) || attempt >= limits.attempts || isLate) throw error;
      options.onRetry?.(failure, attempt);
      await timing.sleep(wait);
    }
  }
}

function backOff(attempt: number, timing: RetryTiming, { baseMs, capMs }: RetryLimits): number {
  return timing.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
