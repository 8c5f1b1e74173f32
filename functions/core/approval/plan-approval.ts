import type { Approval } from '../people.ts';
import type { PlannedChange } from '../plan/planned-change.ts';
import { listSteps } from './steps.ts';

/** After an answer or its absence: how long nobody is asked the same again (ms). */
export const quietMs = 24 * 3_600_000;

export interface ApprovalInput {
  /** What a yes could lead to, by this run's plan: fixable, of mode `approve`, and stopped by nothing but time. Oldest finding first. */
  readonly asks: readonly PlannedChange[];
  /** Steps that open findings still call for, and that no hold stops: what this run judged, and what it could not judge. */
  readonly wanted: ReadonlySet<string>;
  /** The question that waits now. */
  readonly waiting: Approval | undefined;
  /** Questions of the project that have ended lately. */
  readonly ended: readonly Approval[];
  readonly now: number;
  /** How many changes one yes may make: the limit of a run. */
  readonly limit: number;
}

/**
 * The exact list of changes to ask about; empty = there is nothing to ask. What is in the question that waits stays in it
 * as long as a finding calls for it, even where this run could not judge it: a question must not come and go with what a
 * run happens to look at. What was refused is not asked within 24 h, and a list without anything new is not asked within
 * 24 h of a question about it that nobody answered. Pure.
 */
export function planApproval({ asks, wanted, waiting, ended, now, limit }: ApprovalInput): readonly PlannedChange[] {
  const refused = stepsOf(ended.filter(({ state, decision }) => state === 'rejected' && isRecent(decision?.at, now)));
  const unanswered = stepsOf(ended.filter(({ state, expiresAt }) => state === 'expired' && isRecent(expiresAt, now)));
  const still = (waiting?.changes ?? []).filter(({ change }) => listSteps(change).every((step) => wanted.has(step)));
  const list = withoutDoubles([...still, ...asks])
    .filter(({ change }) => !listSteps(change).some((step) => refused.has(step)))
    .slice(0, Math.max(0, limit));
  const isNew = list.some(({ change }) => listSteps(change).some((step) => !unanswered.has(step)));
  return isNew ? list : [];
}

function isRecent(at: number | undefined, now: number): boolean {
  return at !== undefined && now < at + quietMs;
}

function stepsOf(approvals: readonly Approval[]): ReadonlySet<string> {
  return new Set(approvals.flatMap(({ changes }) => changes.flatMap(({ change }) => listSteps(change))));
}

/** Two findings may ask for the same change: it is one line. */
function withoutDoubles(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  const bySteps = new Map<string, PlannedChange>();
  for (const one of changes) {
    const key = listSteps(one.change).join('\n');
    const known = bySteps.get(key);
    bySteps.set(key, {
      ...one,
      findingIds: [...new Set([...(known?.findingIds ?? []), ...one.findingIds])],
    });
  }
  return [...bySteps.values()];
}
