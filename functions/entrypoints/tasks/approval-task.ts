import { expireApproval } from '../../core/approval/expire-approval.ts';
import { tellApproval } from '../../core/approval/tell-approval.ts';
import type { Approval } from '../../core/people.ts';
import { TerminalError } from '../../errors.ts';
import { findProjectInScope } from '../find-project-in-scope.ts';
import { sendNotices } from './after-run.ts';
import { callBack } from './decision-task.ts';
import { buildKey, reconcileProject } from './reconcile-project.ts';
import type { TaskOf } from './task.ts';
import type { Reply, TaskDeps, TaskRun } from './task-context.ts';

/**
 * A step of the workflow that waits for an answer. `ask`: where it waits is kept, and people are told. `act`: a run makes
 * what was approved and is still planned. `expire`: the question ends, if its time is over. Each may come twice.
 */
export async function approvalTask(task: TaskOf<'approval'>, run: TaskRun, deps: TaskDeps): Promise<Reply> {
  const { ledger, settings } = deps.world;
  if ((await findProjectInScope(task.project, { ...deps, settings })) === undefined) {
    deps.world.log.warn('task dropped', { ...task, code: 'out-of-scope' });
    return { outcome: 'out-of-scope' };
  }
  const approval = await ledger.findApproval(task.approvalId);
  // Of another project, it is as unknown as if it were not there.
  if (approval?.project !== task.project) {
    deps.world.log.warn('task dropped', { ...task, code: 'approval-unknown' });
    return { outcome: 'unknown' };
  }
  switch (task.step) {
    case 'ask':
      return ask(approval, task.callbackUrl, deps);
    case 'act':
      return act(approval, run, deps);
    case 'expire': {
      const { state } = await expireApproval(approval, deps.world);
      await sendNotices(deps);
      return { outcome: state, state };
    }
  }
}

async function ask(approval: Approval, callbackUrl: string, deps: TaskDeps): Promise<Reply> {
  const { ledger } = deps.world;
  if (!deps.workflow?.isCallback(callbackUrl)) {
    throw new TerminalError(
      'bad-request',
      `${approval.id}: the address to call back is none of the approval workflow's.`,
      {
        hint: 'Set SALLYPORT_APPROVAL_WORKFLOW to the workflow that calls: docs/approval.md',
      },
    );
  }
  await ledger.setApprovalCallback(approval.id, callbackUrl);
  const { state } = (await ledger.findApproval(approval.id)) ?? approval;
  await tellApproval({ ...approval, state }, deps.world);
  await sendNotices(deps);
  // Somebody was quicker than the workflow: the call waits there until it listens.
  if (state !== 'waiting') await callBack({ ...approval, callbackUrl }, deps);
  return { outcome: state, state };
}

/** A run, whatever the state: what is approved and planned is made by any run, and nothing else. */
async function act(approval: Approval, run: TaskRun, deps: TaskDeps): Promise<Reply> {
  const { id, project, state } = approval;
  if (state !== 'approved') return { outcome: state, state };
  const done = await reconcileProject({ ...buildKey(project, run), reason: 'approval' }, deps);
  const now = await deps.world.ledger.findApproval(id);
  return { ...done, state: now?.state };
}
