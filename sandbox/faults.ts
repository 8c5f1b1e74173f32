import { GoogleError } from './api.ts';
import { buildRandom } from './random.ts';

export type FaultKind = 409 | 412 | 429 | 503 | 'rate-limit-exceeded' | 'slow' | 'drop-write';

export interface FaultRule {
  /** Discovery id: equal to the text, or matched by the expression. */
  readonly match: string | RegExp;
  /** An answer of Google's, `slow` (waits `delayMs` first), or `drop-write` (answers as if done and keeps nothing). */
  readonly fault: FaultKind;
  /** Chance for each matching call; default 1. */
  readonly probability?: number;
  /** Ends after this many calls were hit; default never. */
  readonly times?: number;
  /** Only calls of this e-mail. */
  readonly caller?: string;
  /** Only calls whose path (without query) this matches. */
  readonly path?: RegExp;
  /** `slow` only; default 1000. */
  readonly delayMs?: number;
}

export interface Faults {
  /** Adds a rule; the answer takes it away again. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** The fault that hits this call, if any; the first rule that hits wins. */
  draw(methodId: string, callerEmail: string, path?: string): FaultRule | undefined;
}

/** Faults to inject into API calls; the same seed and calls give the same faults. */
export function buildFaults(seed = 1): Faults {
  const random = buildRandom(seed);
  const rules = new Map<FaultRule, number>();
  return {
    add(rule) {
      const kept = { ...rule };
      rules.set(kept, rule.times ?? Number.POSITIVE_INFINITY);
      return () => rules.delete(kept);
    },
    clear: () => rules.clear(),
    draw(methodId, callerEmail, path = '') {
      for (const [rule, left] of rules) {
        if (left <= 0 || !matches(rule, { methodId, callerEmail, path }) || random() >= (rule.probability ?? 1))
          continue;
        rules.set(rule, left - 1);
        return rule;
      }
      return undefined;
    },
  };
}

function matches(
  rule: FaultRule,
  { methodId, callerEmail, path }: { methodId: string; callerEmail: string; path: string },
): boolean {
  if (rule.caller !== undefined && rule.caller !== callerEmail) return false;
  if (rule.path !== undefined && !new RegExp(rule.path).test(path)) return false;
  return typeof rule.match === 'string' ? rule.match === methodId : new RegExp(rule.match).test(methodId);
}

/** The refusal that a fault stands for, in Google's words (FACTS 2 and 3); undefined for faults that do not refuse. */
export function buildFaultError(kind: FaultKind): GoogleError | undefined {
  switch (kind) {
    case 409:
      return new GoogleError(
        409,
        'ABORTED',
        'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
        'aborted',
      );
    case 412:
      return new GoogleError(412, 'FAILED_PRECONDITION', 'Invalid fingerprint.', 'conditionNotMet');
    case 429:
      return new GoogleError(
        429,
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per region' of the service.",
        'rateLimitExceeded',
      );
    case 503:
      return new GoogleError(503, 'UNAVAILABLE', 'The service is currently unavailable.', 'backendError');
    case 'rate-limit-exceeded':
      return new GoogleError(403, 'RESOURCE_EXHAUSTED', 'Rate Limit Exceeded', 'rateLimitExceeded');
    case 'slow':
    case 'drop-write':
      return undefined;
  }
}
