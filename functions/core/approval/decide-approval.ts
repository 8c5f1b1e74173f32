import type { Approval, ApprovalDecision, Decided } from '../people.ts';
import { heldSubject } from '../plan/plan.ts';
import type { World } from '../world.ts';
import { quietMs } from './plan-approval.ts';
import { tellApproval } from './tell-approval.ts';

export interface Answer {
  readonly approvalId: string;
  /** Of the list that the person saw. */
  readonly planHash: string;
  readonly approved: boolean;
  /** Who answers, as the report shows it. */
  readonly by: string;
  /** For the hold that a no leaves. */
  readonly why?: string;
}

export interface Answered {
  readonly outcome: Decided;
  /** The question as it stands now; absent = unknown. */
  readonly approval?: Approval;
}

/**
 * Takes one person's answer to exactly the list that was shown (DESIGN 6.11). A no leaves a hold of 24 h on each change. The
 * same answer of the same person again is the answer that was taken: whoever delivers it twice gets what was begun to its end.
 * Nothing of the project is changed here.
 */
export async function decideApproval(
  answer: Answer,
  world: Pick<World, 'ledger' | 'clock' | 'settings' | 'log'>,
): Promise<Answered> {
  const { ledger, clock, log } = world;
  const { approvalId, planHash, approved, by } = answer;
  const said = await ledger.decideApproval(approvalId, planHash, { approved, by, at: clock.now() });
  const approval = await ledger.findApproval(approvalId);
  if (!approval) return { outcome: said };
  const outcome = said === 'already-decided' && isSame(approval.decision, answer) ? 'decided' : said;
  if (outcome === 'decided' && approval.state === 'rejected') await hold(approval, answer, world);
  // What ended is told also where this answer came too late: the buttons go.
  await tellApproval(approval, world);
  log.info('approval answered', {
    approvalId,
    project: approval.project,
    outcome,
    approved,
    by,
    state: approval.state,
  });
  return { outcome, approval };
}

function isSame(decision: ApprovalDecision | undefined, { approved, by }: Answer): boolean {
  return decision?.approved === approved && decision.by === by;
}

async function hold(
  { id, project, changes, decision }: Approval,
  { by, why }: Answer,
  { ledger, clock }: Pick<World, 'ledger' | 'clock'>,
): Promise<void> {
  const until = (decision?.at ?? clock.now()) + quietMs;
  const reason = `${by} said no to ${id}${why ? `: ${why}` : ''}`;
  for (const { change } of changes) {
    for (const member of 'members' in change ? change.members : [heldSubject(change)]) {
      await ledger.addHold({ project, resource: change.resource, member, until, reason });
    }
  }
}
