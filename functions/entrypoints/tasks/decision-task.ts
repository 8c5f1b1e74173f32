import { decideApproval } from '../../core/approval/decide-approval.ts';
import type { Approval } from '../../core/people.ts';
import { AppError } from '../../errors.ts';
import { findProjectInScope } from '../find-project-in-scope.ts';
import { sendNotices } from './after-run.ts';
import { buildKey, reconcileProject } from './reconcile-project.ts';
import type { TaskOf } from './task.ts';
import type { Reply, TaskDeps, TaskRun } from './task-context.ts';

/**
 * Somebody has pressed a button. The answer goes into the ledger, once, to exactly the list that was shown; then the workflow
 * that waits hears of it. Where none waits, or it cannot be reached, what was approved is made at once.
 */
export async function decisionTask(task: TaskOf<'decision'>, run: TaskRun, deps: TaskDeps): Promise<Reply> {
  const { world } = deps;
  const asked = await world.ledger.findApproval(task.approvalId);
  const scoped = asked && (await findProjectInScope(asked.project, { ...deps, settings: world.settings }));
  if (!asked || scoped === undefined) {
    world.log.warn('task dropped', { approvalId: task.approvalId, code: asked ? 'out-of-scope' : 'approval-unknown' });
    return { outcome: asked ? 'out-of-scope' : 'unknown' };
  }
  const { outcome, approval = asked } = await decideApproval(task, world);
  await sendNotices(deps);
  const { state } = approval;
  if (outcome !== 'decided' || (await callBack(approval, deps)) || state !== 'approved') return { outcome, state };
  const done = await reconcileProject({ ...buildKey(approval.project, run), reason: 'approval' }, deps);
  const now = await world.ledger.findApproval(approval.id);
  return { ...done, outcome, state: now?.state };
}

/** Tells the workflow that waits; false: none does, or it does not answer. */
export async function callBack(approval: Approval, { workflow, world }: TaskDeps): Promise<boolean> {
  if (!workflow || approval.callbackUrl === undefined) return false;
  try {
    await workflow.callBack(approval, approval.callbackUrl);
    return true;
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'approval-workflow-failed';
    world.log.error('approval workflow not reached', { code, approvalId: approval.id, error });
    return false;
  }
}
