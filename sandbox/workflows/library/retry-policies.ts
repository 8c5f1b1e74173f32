import { isMap, type Value } from '../value.ts';
import { tagsOf } from '../workflow-error.ts';

export interface Backoff {
  /** Seconds. */
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly multiplier: number;
}

/** `http.default_retry` and the other: five more attempts, 1 s to 60 s apart. */
export const defaultBackoff: Backoff = { initialDelay: 1, maxDelay: 60, multiplier: 1.25 };
export const defaultMaxRetries = 5;

type Predicate = (error: Value) => boolean;

const idempotent: Predicate = (error) =>
  hasCode(error, [429n, 502n, 503n, 504n]) ||
  hasTag(error, ['ConnectionError', 'ConnectionFailedError', 'TimeoutError']);
/** Only what surely never reached the target. */
const nonIdempotent: Predicate = (error) => hasCode(error, [429n, 503n]) || hasTag(error, ['ConnectionFailedError']);

/** Predicates of the library that a retry may name. */
export const retryPredicates: ReadonlyMap<string, Predicate> = new Map([
  ['http.default_retry_predicate', idempotent],
  ['http.default_retry_predicate_non_idempotent', nonIdempotent],
  ['retry.always', () => true],
  ['retry.never', () => false],
]);

/** Whole policies: `retry: ${http.default_retry}`. */
export const retryPolicies: ReadonlyMap<string, Predicate> = new Map([
  ['http.default_retry', idempotent],
  ['http.default_retry_non_idempotent', nonIdempotent],
]);

function hasCode(error: Value, codes: readonly bigint[]): boolean {
  const code = isMap(error) && tagsOf(error).includes('HttpError') ? error.get('code') : undefined;
  return typeof code === 'bigint' && codes.includes(code);
}

function hasTag(error: Value, tags: readonly string[]): boolean {
  return tagsOf(error).some((tag) => typeof tag === 'string' && tags.includes(tag));
}
