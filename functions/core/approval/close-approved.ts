import type { Approval, ApprovalState } from '../people.ts';
import type { World } from '../world.ts';
import { isInForce } from './approved-steps.ts';
import { listSteps } from './steps.ts';
import { tellApproval } from './tell-approval.ts';

/**
 * After a run: whether a yes has served. Nothing of its list is called for any more: `applied` if something of it was done,
 * else `outdated`. A yes that is older than a day ends the same way; what it left undone is asked about again. Gives the
 * approval as it stands then.
 */
export async function closeApproved(
  approval: Approval,
  wanted: ReadonlySet<string>,
  world: Pick<World, 'ledger' | 'clock' | 'settings' | 'log'>,
): Promise<Approval> {
  const { ledger, clock, log } = world;
  const { id, project, changes, decision } = approval;
  const isWanted = changes.some(({ change }) => listSteps(change).some((step) => wanted.has(step)));
  if (approval.state !== 'approved' || (isWanted && isInForce(approval, clock.now(), log))) return approval;
  const state = await endOf(approval, ledger);
  if (!(await ledger.moveApproval(id, 'approved', state))) return approval;
  log.info('approval over', { approvalId: id, project, state, by: decision?.by });
  const closed = { ...approval, state };
  await tellApproval(closed, world);
  return closed;
}

async function endOf({ id, project, askedAt }: Approval, ledger: World['ledger']): Promise<ApprovalState> {
  const since = await ledger.changesSince(askedAt, project);
  const isDone = since.some(({ approvalId, result }) => approvalId === id && result?.outcome === 'applied');
  return isDone ? 'applied' : 'outdated';
}
