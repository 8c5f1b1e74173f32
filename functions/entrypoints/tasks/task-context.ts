import type { ApprovalWorkflow } from '../../adapters/approval-workflow.ts';
import type { TaskQueue } from '../../adapters/task-queue.ts';
import type { World } from '../../core/world.ts';
import type { ScopeDeps } from '../find-project-in-scope.ts';

/** What tasks need; the world's log names the run. */
export interface TaskDeps extends Omit<ScopeDeps, 'settings'> {
  readonly world: World;
  /** Absent: nobody waits for answers; they are acted on at once. */
  readonly workflow?: ApprovalWorkflow;
  /** Leads back to this function; absent: what waits for time waits for the next sweep. */
  readonly queue?: TaskQueue;
  /** Leads to the function that has a capability; absent, or nothing for one: nobody has it. */
  readonly queueOf?: (capability: string) => TaskQueue | undefined;
  /** Sends what is in the outbox; its failure is its own affair. Absent = no Slack. */
  readonly sendDueNotices?: () => Promise<void>;
}

/** One task's run. */
export interface TaskRun {
  readonly runId: string;
  /** The task's name in the queue; undefined outside a queue. */
  readonly taskName: string | undefined;
}

/** What the caller is told. */
export type Reply = Readonly<Record<string, unknown>>;
