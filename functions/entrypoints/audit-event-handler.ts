import { buildDeadLetter, type DeadLetters } from '../adapters/dead-letter.ts';
import type { OwnProject } from '../adapters/own-project.ts';
import type { ProjectId } from '../adapters/project-numbers.ts';
import type { Enqueued, TaskBody, TaskQueue } from '../adapters/task-queue.ts';
import type { Settings } from '../config.ts';
import { concernsPushes } from '../core/estate/concerns-pushes.ts';
import type { Clock, Logger } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { type Decision, keysOf } from '../events/keys-of.ts';
import { planOwnWriteCheck, planTask, type Timing } from '../events/task-name.ts';
import { findProjectInScope } from './find-project-in-scope.ts';

export interface AuditEventDeps {
  readonly settings: Pick<Settings, 'scope'> & { readonly timing: Timing };
  /** The project that the functions run in. */
  readonly ownProject: OwnProject;
  /** E-mail of the account that `reconcile` writes with. */
  readonly ownPrincipal: string | undefined;
  readonly queue: TaskQueue;
  /** Absent: unusable events are only logged. */
  readonly deadLetters: DeadLetters | undefined;
  readonly projectId: ProjectId;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EventOutcome {
  readonly decision: Decision['kind'] | 'out-of-scope';
  readonly task?: Enqueued;
}

/**
 * Takes one event: decides, checks the scope, puts a task into the queue, and logs one line with the decision. What can
 * never succeed is logged and put among the dead letters; what may succeed later throws, so that delivery repeats it.
 */
export function createAuditEventHandler(deps: AuditEventDeps): (event: unknown) => Promise<EventOutcome> {
  return async (event) => {
    const decision = keysOf(event, { ownPrincipal: deps.ownPrincipal });
    const { kind, code, ...facts } = { code: undefined, ...decision };
    switch (decision.kind) {
      case 'ignored':
        deps.log.info('event decided', { decision: kind, ...facts });
        return { decision: kind };
      case 'unusable': {
        const error = new AppError(decision.code, decision.why);
        await deps.deadLetters?.publish(buildDeadLetter(decision, decision.code));
        deps.log.error('event decided', {
          decision: kind,
          ...facts,
          error,
          deadLetter: deps.deadLetters !== undefined,
        });
        return { decision: kind };
      }
      case 'reconcile':
      case 'own-write':
        return await enqueue(decision, deps);
    }
  };
}

type Started = Extract<Decision, { kind: 'reconcile' | 'own-write' }>;

async function enqueue(decision: Started, deps: AuditEventDeps): Promise<EventOutcome> {
  const { kind, ...facts } = decision;
  const project = await findProjectInScope(decision.project, deps);
  if (project === undefined) {
    const why = 'the project is outside scope.include or inside scope.exclude';
    deps.log.warn('event decided', { ...facts, decision: 'out-of-scope', why });
    return { decision: 'out-of-scope' };
  }
  const resource = decision.resource.replace(/^(\/\/run\.googleapis\.com\/projects\/)[^/]+/, `$1${project}`);
  const task = await deps.queue.enqueue(buildTask({ ...decision, project, resource }, deps));
  deps.log.info('event decided', {
    ...facts,
    decision: kind,
    project,
    resource,
    task: task.task,
    outcome: task.outcome,
  });
  return { decision: kind, task };
}

function buildTask(decision: Started, deps: AuditEventDeps): Parameters<TaskQueue['enqueue']>[0] {
  const { project, resource, eventId = '', actor } = decision;
  const now = deps.clock.now();
  const { timing } = deps.settings;
  if (decision.kind === 'own-write') {
    const { etag } = decision;
    const body: TaskBody = { project, reason: 'own-write', resource, etag, eventId };
    return { plan: planOwnWriteCheck({ resource, etag, now, timing }), body };
  }
  const who = actor === undefined ? {} : { actor };
  const body: TaskBody = { project, reason: 'event', eventId, method: decision.method, resource, ...who };
  const about = concernsPushes(resource) ? ({ about: 'pushes' } as const) : {};
  return { plan: planTask({ project, now, timing, ...about }), body };
}
