import type { Approval } from '../people.ts';
import type { Logger, World } from '../world.ts';
import { hashPlan } from './hash-plan.ts';
import { listSteps } from './steps.ts';

/** Who said yes to a step, and to which question. */
export interface StepApproval {
  readonly id: string;
  readonly by: string;
}

export type ApprovedSteps = ReadonlyMap<string, StepApproval>;

/** How long a yes holds (ms): what could not be done by then is asked about again. */
const yesHoldsMs = 24 * 3_600_000;

/** What of a project people have said yes to, and what has not been done yet. */
export async function readApproved(
  project: string,
  { ledger, clock, log }: Pick<World, 'ledger' | 'clock' | 'log'>,
): Promise<readonly Approval[]> {
  const approved = await ledger.approvals({ project, state: 'approved' });
  return approved.filter((one) => isInForce(one, clock.now(), log));
}

/** Whether a yes still holds, and to this very list. */
export function isInForce(approval: Approval, now: number, log: Logger): boolean {
  const { state, decision } = approval;
  const isYes = state === 'approved' && decision?.approved === true;
  return isYes && now < decision.at + yesHoldsMs && isWhole(approval, log);
}

/** The steps of these approvals; the oldest yes to a step is the one that counts. */
export function listApprovedSteps(approved: readonly Approval[]): ApprovedSteps {
  const steps = new Map<string, StepApproval>();
  for (const { id, changes, decision } of [...approved].sort((a, b) => b.askedAt - a.askedAt)) {
    for (const step of changes.flatMap(({ change }) => listSteps(change)))
      steps.set(step, { id, by: decision?.by ?? '' });
  }
  return steps;
}

/** A list that is not the one whose hash was answered was never approved by anybody, whatever stands beside it. */
function isWhole({ id, project, changes, planHash }: Approval, log: Logger): boolean {
  if (hashPlan(changes) === planHash) return true;
  log.error('an approved list is not the one that was shown; nothing of it is applied', {
    code: 'approval-changed',
    approvalId: id,
    project,
  });
  return false;
}
