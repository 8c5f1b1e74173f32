import { AppError, type ErrorCode, errorCodes, TerminalError } from '../../errors.ts';
import type { Change } from '../change/change.ts';
import type { Evaluation } from '../evaluate.ts';
import type { Finding } from '../finding.ts';
import type { LeftAlone } from '../plan/plan.ts';
import type { ReconcileResult } from '../run.ts';

/** A write that failed for a reason that may pass makes the whole run come back; what was done stays done and recorded. */
export function assertNothingTransient(changes: readonly Change[]): void {
  for (const { change, result } of changes) {
    if (result?.outcome !== 'failed') continue;
    // Who may create a service agent is not documented: the finding's note says what to do, and no repeat would help.
    if (change.kind === 'service-identity' && result.code === 'write-denied') continue;
    const code: ErrorCode = isErrorCode(result.code) ? result.code : 'write-failed';
    const why = result.message ?? code;
    const message = why.startsWith(change.resource) ? why : `${change.resource}: ${why}`;
    const hint = code === 'principal-does-not-exist' ? createAgentHint : result.hint;
    const init = hint === undefined ? {} : { hint };
    if (code === 'write-refused' || code === 'write-denied') throw new TerminalError(code, message, init);
    throw new AppError(code, message, init);
  }
}

const createAgentHint = 'gcloud beta services identity create --service=iap.googleapis.com --project=PROJECT';

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && code in errorCodes;
}

/** What no time and nobody's yes will change. */
const forGood: ReadonlySet<LeftAlone['why']> = new Set(['observe-only', 'capability-off', 'out-of-scope']);

/** What a run came to, by what it changed and what is still wrong. */
export function outcomeOf(
  changes: readonly Change[],
  findings: readonly Finding[],
  evaluation: Evaluation,
  left: readonly LeftAlone[],
): ReconcileResult['outcome'] {
  const isWaiting = left.some(({ why }) => !forGood.has(why));
  if (findings.length > 0) return isWaiting ? 'waiting' : 'reported';
  if (changes.some(({ result }) => result?.outcome === 'applied')) return 'fixed';
  return evaluation.unreadable.length > 0 ? 'reported' : 'clean';
}
