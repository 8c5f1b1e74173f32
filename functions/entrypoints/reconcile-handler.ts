import { buildDeadLetter, type DeadLetters } from '../adapters/dead-letter.ts';
import { AppError, TerminalError } from '../errors.ts';
import type { Facts } from '../events/keys-of.ts';
import { sendNotices } from './tasks/after-run.ts';
import { approvalTask } from './tasks/approval-task.ts';
import { decisionTask } from './tasks/decision-task.ts';
import { reconcileTask } from './tasks/reconcile-project.ts';
import { parseTask, type Task } from './tasks/task.ts';
import type { Reply, TaskDeps, TaskRun } from './tasks/task-context.ts';
import { tellOfLetter } from './tasks/tell-of-letter.ts';

export interface ReconcileDeps extends TaskDeps {
  /** Absent: what fails for good is only logged. */
  readonly deadLetters: DeadLetters | undefined;
  /** Tries that the queue makes of one task; absent = no try is known to be the last. */
  readonly maxAttempts: number | undefined;
  /** A new id for each run. */
  readonly newRunId: () => string;
}

export interface ReconcileRequest {
  /** Parsed JSON, as it came. */
  readonly body: unknown;
  /** How often the queue has sent it before; 0 outside a queue. */
  readonly retryCount: number;
  /** The task's name in the queue; absent outside a queue. */
  readonly taskName?: string;
}

export interface ReconcileReply {
  /** 200: the queue forgets the task. 503: it sends it again. */
  readonly status: 200 | 503;
  readonly body: Reply;
}

/**
 * Runs one task. What can never succeed is answered 200 and put among the dead letters; what may succeed later is
 * answered 503, until the queue's last try: then it, too, goes to the dead letters (DESIGN 6.13). A sweep that can never
 * succeed leaves no letter: the next one asks again within the hour, and the digest names the project. Never throws.
 */
export function createReconcileHandler(deps: ReconcileDeps): (request: ReconcileRequest) => Promise<ReconcileReply> {
  return async (request) => {
    const { body, retryCount } = request;
    const reconcileId = deps.newRunId();
    const log = deps.world.log.child({ reconcileId });
    const logged = { ...deps, world: { ...deps.world, log } };
    let task: Task | undefined;
    try {
      task = parseTask(body);
      return { status: 200, body: await runTask(task, { runId: reconcileId, taskName: request.taskName }, logged) };
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unexpected';
      const isLast = deps.maxAttempts !== undefined && retryCount >= deps.maxAttempts - 1;
      const facts = { ...buildFacts(task), retryCount, error };
      if (!(error instanceof TerminalError) && !isLast) {
        log.warn('reconcile comes back later', facts);
        return { status: 503, body: { code } };
      }
      if (error instanceof TerminalError && task?.reason === 'sweep') {
        // A project that is gone is no reason to call anybody each hour; a write that was refused is.
        if (error.code.startsWith('write-')) log.error('sweep cannot write', facts);
        else log.warn('project cannot be swept', facts);
        return { status: 200, body: { code } };
      }
      log.error(isLast ? 'reconcile given up at the last try' : 'reconcile cannot succeed', facts);
      const hint = error instanceof AppError ? error.hint : undefined;
      return await bury({ task, code, hint, why: error instanceof Error ? error.message : String(error) });
    }

    async function bury({
      task,
      code,
      why,
      hint,
    }: {
      task: Task | undefined;
      code: string;
      why: string;
      hint: string | undefined;
    }): Promise<ReconcileReply> {
      try {
        await deps.deadLetters?.publish(buildDeadLetter({ ...buildFacts(task), why }, code));
        const project = task && 'project' in task ? task.project : undefined;
        await tellOfLetter({ project, code, why, hint, isKept: deps.deadLetters !== undefined }, logged);
        return { status: 200, body: { code } };
      } catch (error) {
        log.error('dead letter not kept', { error });
        return { status: 503, body: { code } };
      }
    }
  };
}

async function runTask(task: Task, run: TaskRun, deps: TaskDeps): Promise<Reply> {
  switch (task.reason) {
    case 'event':
    case 'sweep':
    case 'manual':
    case 'own-write':
      return reconcileTask(task, run, deps);
    case 'approval':
      return approvalTask(task, run, deps);
    case 'decision':
      return decisionTask(task, run, deps);
    case 'notify':
      await sendNotices(deps);
      return { outcome: 'sent' };
  }
}

function buildFacts(task: Task | undefined): Omit<Facts, 'why'> {
  const known = Object.entries(task ?? {}).filter(([key, value]) => named.has(key) && value !== undefined);
  return Object.fromEntries(known);
}

/** What logs and letters may say of a task. */
const named = new Set(['project', 'eventId', 'resource', 'actor', 'approvalId']);
