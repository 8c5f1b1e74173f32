import type { Approval } from '../people.ts';
import type { World } from '../world.ts';
import { tellApproval } from './tell-approval.ts';

/** Ends a question that nobody answered in time; one that is not late yet, or over already, stays as it is. Gives it as it stands then. */
export async function expireApproval(
  approval: Approval,
  world: Pick<World, 'ledger' | 'clock' | 'settings' | 'log'>,
): Promise<Approval> {
  const { ledger, clock, log } = world;
  if (approval.state !== 'waiting' || clock.now() < approval.expiresAt) return approval;
  const moved = await ledger.moveApproval(approval.id, 'waiting', 'expired');
  const now = (await ledger.findApproval(approval.id)) ?? approval;
  if (moved) {
    log.warn('approval expired: nobody answered', { approvalId: approval.id, project: approval.project });
    await tellApproval(now, world);
  }
  return now;
}
