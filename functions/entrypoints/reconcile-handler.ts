import * as z from 'zod';
import { buildDeadLetter, type DeadLetters } from '../adapters/dead-letter.ts';
import { checkOwnWrite } from '../core/check-own-write.ts';
import { reconcile } from '../core/reconcile.ts';
import type { World } from '../core/world.ts';
import { AppError, TerminalError } from '../errors.ts';
import type { Facts } from '../events/keys-of.ts';
import { findProjectInScope, type ScopeDeps } from './find-project-in-scope.ts';

export interface ReconcileDeps extends Omit<ScopeDeps, 'settings'> {
  readonly world: World;
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
  readonly body: Readonly<Record<string, unknown>>;
}

const text = z.string().min(1).max(1000);
const requestSchema = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('own-write'), project: text, resource: text, etag: text, eventId: text.optional() }),
  z.object({
    reason: z.enum(['event', 'sweep', 'manual']),
    project: text,
    eventId: text.optional(),
    actor: text.optional(),
  }),
]);

type Task = z.infer<typeof requestSchema>;

/**
 * Runs one task. What can never succeed is answered 200 and put among the dead letters; what may succeed later is
 * answered 503, until the queue's last try: then it, too, goes to the dead letters (DESIGN 6.13). Never throws.
 */
export function createReconcileHandler(deps: ReconcileDeps): (request: ReconcileRequest) => Promise<ReconcileReply> {
  return async (request) => {
    const { body, retryCount } = request;
    const reconcileId = deps.newRunId();
    const log = deps.world.log.child({ reconcileId });
    let task: Task | undefined;
    try {
      task = parseTask(body);
      return { status: 200, body: await runTask(task, { runId: reconcileId, taskName: request.taskName }, deps) };
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unexpected';
      const isLast = deps.maxAttempts !== undefined && retryCount >= deps.maxAttempts - 1;
      const facts = { project: task?.project, eventId: task?.eventId, retryCount, error };
      if (!(error instanceof TerminalError) && !isLast) {
        log.warn('reconcile comes back later', facts);
        return { status: 503, body: { code } };
      }
      log.error(isLast ? 'reconcile given up at the last try' : 'reconcile cannot succeed', facts);
      return await bury({ task, code, why: error instanceof Error ? error.message : String(error) });
    }

    async function bury({
      task,
      code,
      why,
    }: {
      task: Task | undefined;
      code: string;
      why: string;
    }): Promise<ReconcileReply> {
      try {
        await deps.deadLetters?.publish(buildDeadLetter(buildFacts(task, why), code));
        return { status: 200, body: { code } };
      } catch (error) {
        log.error('dead letter not kept', { error });
        return { status: 503, body: { code } };
      }
    }
  };
}

function buildFacts(task: Task | undefined, why: string): Facts {
  const known = Object.entries(task ?? {}).filter(([key, value]) => named.has(key) && value !== undefined);
  return { why, ...Object.fromEntries(known) };
}

/** What a letter may say of a task. */
const named = new Set(['project', 'eventId', 'resource', 'actor']);

function parseTask(body: unknown): Task {
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const why = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new TerminalError('bad-request', `The request is no task for reconcile: ${why}`, {
    hint: 'POST JSON {"project": "…", "reason": "event" | "sweep" | "manual" | "own-write", …}: docs/events.md',
  });
}

interface RunNames {
  readonly runId: string;
  readonly taskName: string | undefined;
}

async function runTask(
  task: Task,
  { runId, taskName }: RunNames,
  deps: ReconcileDeps,
): Promise<Record<string, unknown>> {
  const { world } = deps;
  const project = await findProjectInScope(task.project, { ...deps, settings: world.settings });
  if (project === undefined) {
    world.log.warn('task dropped', { project: task.project, reason: task.reason, code: 'out-of-scope' });
    return { outcome: 'out-of-scope' };
  }
  const { eventId } = task;
  const event = eventId === undefined ? {} : { eventId };
  const key = { project, runId, ...event, ...(taskName === undefined ? {} : { task: taskName }) };
  const log = world.log.child({ reconcileId: runId, project, ...event });
  const logged = { ...world, log };
  if (task.reason === 'own-write') {
    const { resource, etag } = task;
    // A foreign write with our own identity was told of by the check; what it changed is looked at as any other change.
    if ((await checkOwnWrite({ ...key, resource, etag }, logged)) === 'own') return { outcome: 'own' };
  }
  const actor = 'actor' in task && task.actor !== undefined ? { actor: task.actor } : {};
  const result = await reconcile({ ...key, reason: task.reason, ...actor }, logged);
  return { outcome: result.outcome, runId, findings: result.findings.length, changes: result.changes.length };
}
