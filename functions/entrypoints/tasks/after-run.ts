import type { TaskQueue } from '../../adapters/task-queue.ts';
import type { Approval } from '../../core/people.ts';
import type { ReconcileResult } from '../../core/run.ts';
import { AppError } from '../../errors.ts';
import { planHandOver, planLaterLook, planNotify } from '../../events/task-name.ts';
import type { TaskDeps } from './task-context.ts';

/** A question without an address to call back is taken for one whose workflow never came to ask, after this time (ms). */
const lostMs = 10 * 60_000;

/**
 * Has a workflow wait for the answer to the project's question, if none does; a start that failed is made up for by a later
 * run. Never throws: the question is in the ledger, and answers count without a workflow.
 */
export async function startQuestion(project: string, startedAt: number, { world, workflow }: TaskDeps): Promise<void> {
  if (!workflow?.start) return;
  const { ledger, clock, log } = world;
  try {
    const now = clock.now();
    for (const approval of await ledger.approvals({ project, state: 'waiting' })) {
      if (isUnattended(approval, startedAt, now)) await workflow.start(approval, now);
    }
  } catch (error) {
    log.error('approval workflow not started', { code: codeOf(error), project, error });
  }
}

function isUnattended({ callbackUrl, askedAt, expiresAt }: Approval, startedAt: number, now: number): boolean {
  const isFree = callbackUrl === undefined && now < expiresAt;
  return isFree && (askedAt >= startedAt || now - askedAt >= lostMs);
}

export interface RunToFollow extends Pick<ReconcileResult, 'project' | 'elsewhere' | 'left'> {
  readonly runId: string;
  readonly reason: 'event' | 'sweep';
  /** This run is itself what another function has handed over: it goes no further. */
  readonly handedOver: boolean;
  /** Looks at what waits for other changes that went before this one. */
  readonly again: number;
}

/** Looks at what waits for other changes to be in effect; after them it is the next sweep's. */
const mostLooks = 5;

/**
 * What has to follow a run: the functions that have the capabilities which this one lacks get the same project, once; what
 * only waited for time gets one more look when the time has come; and what waits for other changes to be in effect gets
 * a few, each after twice the time of the one before. Throws `queue-failed`: the run is then repeated.
 */
export async function followUp(run: RunToFollow, deps: TaskDeps): Promise<void> {
  const { project, left, handedOver } = run;
  await handOver(run, deps);
  const { queue } = deps;
  if (!queue) return;
  const times = left.flatMap(({ until }) => until ?? []);
  if (times.length > 0) {
    const plan = planLaterLook({ project, at: Math.min(...times) });
    await queue.enqueue({ plan, body: { project, reason: 'sweep', ...(handedOver ? { handedOver } : {}) } });
  }
  // Who has handed it over looks at the rest.
  if (!handedOver && left.some(({ why }) => why === 'after-grants')) await lookAgainSoon(run, queue, deps);
}

async function lookAgainSoon({ project, again }: RunToFollow, queue: TaskQueue, { world }: TaskDeps): Promise<void> {
  if (again >= mostLooks) {
    world.log.warn('what waits for other changes is left to the next sweep', { project });
    return;
  }
  const { bucketSeconds, settleSeconds } = world.settings.timing;
  const bucketMs = bucketSeconds * 1000;
  const soonest = world.clock.now() + 2 ** again * (bucketSeconds + settleSeconds) * 1000;
  // The same for all runs of a bucket: a task that is delivered twice begins no second row of looks.
  const plan = planLaterLook({ project, at: Math.ceil(soonest / bucketMs) * bucketMs });
  await queue.enqueue({ plan, body: { project, reason: 'sweep', again: again + 1 } });
}

const pushCapabilities = new Set(['set-push-audience', 'grant-iap-accessor', 'add-custom-audience']);

async function handOver(run: RunToFollow, { world, queueOf }: TaskDeps): Promise<void> {
  const { project, runId, reason, elsewhere, handedOver } = run;
  if (handedOver) return;
  for (const capability of elsewhere) {
    const queue = queueOf?.(capability);
    if (!queue) {
      world.log.error('no function has a capability that is switched on', { project, capability });
      continue;
    }
    const plan = planHandOver({ runId, capability, now: world.clock.now() });
    // What it is about is not handed over: a function for pushes reads all that a sweep does.
    const body = { project, reason: pushCapabilities.has(capability) ? 'sweep' : reason, handedOver: true } as const;
    const { task } = await queue.enqueue({ plan, body });
    world.log.info('project handed over', { project, capability, task });
  }
}

/**
 * Leaves the sending to one task for all runs of a bucket: Slack takes a message a second, and a sweep has hundreds of
 * projects to get on with. Without a queue it sends. Never throws.
 */
export async function sendNoticesLater(deps: TaskDeps): Promise<void> {
  const { world, queue, sendDueNotices } = deps;
  if (!sendDueNotices || !queue) return sendNotices(deps);
  try {
    if ((await world.ledger.dueNotices()) === 0) return;
    const plan = planNotify({ at: world.clock.now(), timing: world.settings.timing });
    await queue.enqueue({ plan, body: { reason: 'notify' } });
  } catch (error) {
    world.log.error('messages not sent', { error });
  }
}

/** Sends what is due. Never throws: what was not sent is still due. */
export async function sendNotices({ world, sendDueNotices }: TaskDeps): Promise<void> {
  try {
    await sendDueNotices?.();
  } catch (error) {
    world.log.error('messages not sent', { error });
  }
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'approval-workflow-failed';
}
