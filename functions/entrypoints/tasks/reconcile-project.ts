import { checkOwnWrite } from '../../core/check-own-write.ts';
import { reconcile } from '../../core/reconcile.ts';
import type { ReconcileKey } from '../../core/run.ts';
import { findProjectInScope } from '../find-project-in-scope.ts';
import { followUp, type RunToFollow, sendNotices, sendNoticesLater, startQuestion } from './after-run.ts';
import type { TaskOf } from './task.ts';
import type { Reply, TaskDeps, TaskRun } from './task-context.ts';

/** Looks at one project because of an event, a sweep, a person or a write of our own. */
export async function reconcileTask(
  task: TaskOf<'event' | 'sweep' | 'manual' | 'own-write'>,
  run: TaskRun,
  deps: TaskDeps,
): Promise<Reply> {
  const { world } = deps;
  const project = await findProjectInScope(task.project, { ...deps, settings: world.settings });
  if (project === undefined) {
    world.log.warn('task dropped', { project: task.project, reason: task.reason, code: 'out-of-scope' });
    return { outcome: 'out-of-scope' };
  }
  const { eventId } = task;
  const event = eventId === undefined ? {} : { eventId };
  const key = { ...buildKey(project, run), ...event };
  const logged = { ...deps, world: { ...world, log: world.log.child({ project, ...event }) } };
  if (task.reason === 'own-write') {
    const { resource, etag } = task;
    // A foreign write with our own identity was told of by the check; what it changed is looked at as any other change.
    if ((await checkOwnWrite({ ...key, resource, etag }, logged.world)) === 'own') return { outcome: 'own' };
    return reconcileProject({ ...key, reason: task.reason }, logged);
  }
  const { reason, handedOver = false, again = 0 } = task;
  return reconcileProject({ ...key, reason, ...hintsOf(task) }, logged, { handedOver, again });
}

/** What the event says of its cause; anything else of it is not believed. */
function hintsOf({ actor, resource, method }: TaskOf<'event' | 'sweep' | 'manual'>): Partial<ReconcileKey> {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(resource === undefined ? {} : { resource }),
    ...(method === undefined ? {} : { method }),
  };
}

/** One run and what follows it: questions get their workflow and messages are sent also where the run failed. */
export async function reconcileProject(
  key: ReconcileKey,
  deps: TaskDeps,
  row: Pick<RunToFollow, 'handedOver' | 'again'> = { handedOver: false, again: 0 },
): Promise<Reply> {
  const { project, runId } = key;
  const startedAt = deps.world.clock.now();
  try {
    const result = await reconcile(key, deps.world);
    const isEvent = key.reason === 'event' || key.reason === 'own-write';
    await followUp({ ...result, runId, reason: isEvent ? 'event' : 'sweep', ...row }, deps);
    const { outcome, findings, changes, unreadable } = result;
    return {
      outcome,
      runId,
      findings: findings.length,
      changes: changes.length,
      unreadable: unreadable.length,
    };
  } finally {
    await startQuestion(project, startedAt, deps);
    await (key.reason === 'sweep' ? sendNoticesLater(deps) : sendNotices(deps));
  }
}

/** What a run of a project is known by. */
export function buildKey(project: string, { runId, taskName }: TaskRun) {
  return { project, runId, ...(taskName === undefined ? {} : { task: taskName }) };
}
