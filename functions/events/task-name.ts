import { createHash } from 'node:crypto';
import type { Settings } from '../config.ts';

/** A task that may or may not be in the queue already. Times are milliseconds since the epoch. */
export type TaskPlan = BucketTask | OnceTask;

/** Events of one project within one bucket of time become one task, which runs when the bucket is over and has settled. */
export interface BucketTask {
  readonly id: string;
  readonly scheduleTime: number;
  readonly project: string;
  readonly bucket: number;
  readonly timing: Timing;
  /** More is read for it: it is no substitute for another task, nor another for it. */
  readonly about?: 'pushes';
}

/** A task whose name is used once for ever: a second one has nothing to add. */
export interface OnceTask {
  readonly id: string;
  readonly scheduleTime: number;
}

export type Timing = Pick<Settings['timing'], 'bucketSeconds' | 'settleSeconds'>;

/**
 * The task of an event that arrives at `now`. Names stay blocked after a task has run, so the bucket is part of the name;
 * the hash stands first because sequential names slow a queue down (FACTS 12). DESIGN 7.
 */
export function planTask({
  now,
  ...work
}: Pick<BucketTask, 'project' | 'timing' | 'about'> & { readonly now: number }): BucketTask {
  return planBucket(work, Math.floor(now / (work.timing.bucketSeconds * 1000)));
}

/** The plan to take when a plan's name is taken and its task has left, or is about to. */
export function nextBucket({ bucket, ...work }: BucketTask): BucketTask {
  return planBucket(work, bucket + 1);
}

/** The longest that events which keep coming may put a reconcile off (DESIGN 6.7). */
const longestWaitMs = 120_000;

/**
 * Tasks of the same project that a new one makes needless: they have not left yet, and the new one sees all that they
 * would have seen. So events that follow each other extend the wait, until a Terraform run in flight has finished. The
 * last bucket of every 120 s always keeps its task: whatever comes, somebody looks.
 */
export function listReplaced({ bucket, ...work }: BucketTask, now: number): readonly BucketTask[] {
  const { timing } = work;
  const perWindow = Math.max(1, Math.floor(longestWaitMs / (timing.bucketSeconds * 1000)));
  const reach = Math.ceil(timing.settleSeconds / timing.bucketSeconds);
  return Array.from({ length: reach }, (_, index) => bucket - 1 - index)
    .filter((earlier) => earlier % perWindow !== perWindow - 1)
    .map((earlier) => planBucket(work, earlier))
    .filter((task) => isStillAhead(task, now));
}

/** The task that checks one own write against the ledger, whatever number of events report it. */
export function planOwnWriteCheck(write: { resource: string; etag: string; now: number; timing: Timing }): OnceTask {
  const id = `${hash(`${write.resource}\n${write.etag}`)}-own-write`;
  return { id, scheduleTime: write.now + write.timing.settleSeconds * 1000 };
}

/** The task that gives a project to the function with another capability, once for each run that left something to it. */
export function planHandOver(run: { runId: string; capability: string; now: number }): OnceTask {
  return { id: `${hash(`${run.runId}\n${run.capability}`)}-hand-over`, scheduleTime: run.now };
}

/** The task that looks at a project again when something may be done that only waited for time (`at`, ms). */
export function planLaterLook({ project, at }: { project: string; at: number }): OnceTask {
  // A moment later: the clocks of queue and function differ a little.
  return { id: `${hash(`${project}\n${at}`)}-later`, scheduleTime: at + 1000 };
}

/** The task that takes a person's answer, once for each question: a second press has nothing to add. */
export function planDecision({ approvalId, now }: { approvalId: string; now: number }): OnceTask {
  return { id: `${hash(`decision\n${approvalId}`)}-decision`, scheduleTime: now };
}

/**
 * The task that sends what is in the outbox at `at` (ms) or a little later, one for all of a bucket. It leaves after its
 * bucket has ended, so a name that is taken is that of a task which is still to come.
 */
export function planNotify({ at, timing }: { at: number; timing: Timing }): OnceTask {
  const bucket = Math.floor(at / (timing.bucketSeconds * 1000));
  const scheduleTime = (bucket + 1) * timing.bucketSeconds * 1000 + 1000;
  return { id: `${hash(`notify\n${bucket}`)}-notify`, scheduleTime };
}

/**
 * Whether a task of this name that the queue has already will still see the present: it is more than 2 s away, so it has
 * not left even if the clocks differ a little.
 */
export function isStillAhead(plan: TaskPlan, now: number): boolean {
  return !('bucket' in plan) || plan.scheduleTime - now > 2000;
}

function planBucket(
  { project, timing, about }: Pick<BucketTask, 'project' | 'timing' | 'about'>,
  bucket: number,
): BucketTask {
  const bucketEnd = (bucket + 1) * timing.bucketSeconds * 1000;
  const scheduleTime = bucketEnd + timing.settleSeconds * 1000;
  const kind = about === undefined ? {} : { about };
  const id = `${hash([project, bucket, ...(about === undefined ? [] : [about])].join('\n'))}-${bucket}`;
  return { id, scheduleTime, project, bucket, timing, ...kind };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
