import type { Cloud } from '../cloud.ts';
import type { IdTokens } from '../id-token.ts';
import type { RequestLog } from '../request-log.ts';
import { retryDelay } from '../task-dispatcher.ts';
import { parseDuration } from '../task-store.ts';
import { nextTime } from './next-time.ts';
import type { JobRetry, ScheduledJob } from './schedule-store.ts';
import { type AttemptOutcome, sendJob } from './send-job.ts';

export interface SchedulerOptions {
  readonly cloud: Cloud;
  readonly idTokens: Pick<IdTokens, 'mint'>;
  readonly requestLog: Pick<RequestLog, 'add'>;
  /** The sandbox's own URL: Google's APIs are on it. */
  readonly rootUrl: string;
  /** Shortens the waits between attempts, not those for a job's time. Default 1. */
  readonly timeScale?: number;
}

export interface Scheduler {
  /** Jobs that are being sent, or wait for another attempt; those that wait for their time do not count. */
  pending(): number;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Fires nothing any more, ends what is under way. */
  stop(): Promise<void>;
}

/** A clock that somebody moved is noticed after so many milliseconds. */
const watch = 250;

/** Fires the jobs of Cloud Scheduler by the cloud's clock: at their times, once where several were missed, never twice at once, and again as `retryConfig` says. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { cloud, timeScale = 1 } = options;
  const running = new Map<string, Promise<void>>();
  const waiters: (() => void)[] = [];
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  const look = () => {
    clearTimeout(timer);
    if (abort.signal.aborted) return;
    const now = cloud.now().getTime();
    let soonest = Number.POSITIVE_INFINITY;
    for (const job of cloud.schedules.jobs.values()) {
      if (job.state !== 'ENABLED') continue;
      job.scheduleTime ??= nextTime(job.schedule, job.timeZone, cloud.now()).toISOString();
      const due = Date.parse(job.scheduleTime);
      if (due > now) soonest = Math.min(soonest, due - now);
      else if (!running.has(job.name)) fire(job, job.scheduleTime);
    }
    if (Number.isFinite(soonest)) timer = setTimeout(look, Math.min(soonest, watch));
  };
  const fire = (job: ScheduledJob, scheduled: string) => {
    if (abort.signal.aborted) return;
    if (job.state === 'ENABLED') job.scheduleTime = nextTime(job.schedule, job.timeZone, cloud.now()).toISOString();
    const before = running.get(job.name);
    const work = execute(job, scheduled).finally(() => {
      if (running.get(job.name) === both) running.delete(job.name);
      if (running.size === 0) for (const wake of waiters.splice(0)) wake();
      look();
    });
    const both = before ? Promise.all([before, work]).then(() => undefined) : work;
    running.set(job.name, both);
  };

  async function execute(job: ScheduledJob, scheduled: string): Promise<void> {
    const first = cloud.now().getTime();
    for (let retries = 0; ; retries++) {
      job.lastAttemptTime = cloud.now().toISOString();
      const outcome = await sendJob(job, scheduled, options, abort.signal);
      if (abort.signal.aborted) return;
      record(job, outcome, retries);
      if (outcome.code === 0 || !isRetried(job.retryConfig, retries, cloud.now().getTime() - first)) return;
      await pause(retryDelay(backoffOf(job.retryConfig), retries) * timeScale, abort.signal);
      if (abort.signal.aborted || !cloud.schedules.jobs.has(job.name)) return;
    }
  }

  function record(job: ScheduledJob, { code, message, status, ms }: AttemptOutcome, retries: number): void {
    job.status = code === 0 ? {} : { code, message };
    options.requestLog.add({
      kind: 'schedule',
      job: job.name.split('/').at(-1),
      url: job.httpTarget.uri,
      attempt: retries + 1,
      status,
      ms,
      ...(status === 0 ? { error: message } : {}),
    });
  }

  cloud.schedules.listen({
    onChanged: look,
    onRun(name) {
      const job = cloud.schedules.jobs.get(name);
      if (job) fire(job, cloud.now().toISOString());
    },
  });
  look();
  return {
    pending: () => running.size,
    idle: () => (running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    async stop() {
      abort.abort();
      clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}

/** Where count and duration are both limited, both must be used up. */
function isRetried({ retryCount, maxRetryDuration }: JobRetry, retries: number, elapsed: number): boolean {
  const most = parseDuration(maxRetryDuration);
  return retries < retryCount || (most > 0 && elapsed < most);
}

function backoffOf({ minBackoffDuration, maxBackoffDuration, maxDoublings }: JobRetry) {
  return { maxAttempts: -1, minBackoff: minBackoffDuration, maxBackoff: maxBackoffDuration, maxDoublings };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', wake);
      resolve();
    }, ms);
    signal.addEventListener('abort', wake, { once: true });
  });
}
