/** Cloud Scheduler: its jobs, and who fires them. */
export interface ScheduleStore {
  /** By `projects/ID/locations/L/jobs/J`. */
  readonly jobs: ReadonlyMap<string, ScheduledJob>;
  put(job: ScheduledJob): void;
  remove(name: string): boolean;
  /** Fires a job at once, whatever its schedule says. */
  run(name: string): void;
  /** Hears each job that was put or removed, and each that is to run at once. */
  listen(listener: ScheduleListener): void;
}

export interface ScheduleListener {
  onChanged(name: string): void;
  onRun(name: string): void;
}

export interface ScheduledJob {
  readonly name: string;
  readonly description?: string | undefined;
  /** Five fields, as cron has them. */
  readonly schedule: string;
  /** As the tz database names it. */
  readonly timeZone: string;
  readonly httpTarget: JobTarget;
  readonly retryConfig: JobRetry;
  readonly attemptDeadline: string;
  readonly userUpdateTime: string;
  state: 'ENABLED' | 'PAUSED';
  /** ISO time of the next attempt; absent while nobody fires it. */
  scheduleTime?: string;
  lastAttemptTime?: string;
  /** google.rpc.Status of the last attempt: `{}` for success. */
  status?: { readonly code?: number; readonly message?: string };
}

export interface JobTarget {
  readonly uri: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body?: string | undefined;
  readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience?: string | undefined } | undefined;
  readonly oauthToken?: { readonly serviceAccountEmail: string; readonly scope?: string | undefined } | undefined;
}

/** Durations as `5s`. */
export interface JobRetry {
  /** 0: a job that fails waits for its next time. */
  readonly retryCount: number;
  /** `0s`: no limit. */
  readonly maxRetryDuration: string;
  readonly minBackoffDuration: string;
  readonly maxBackoffDuration: string;
  readonly maxDoublings: number;
}

export function buildScheduleStore(): ScheduleStore {
  const jobs = new Map<string, ScheduledJob>();
  const listeners: ScheduleListener[] = [];
  const tell = (name: string) => {
    for (const { onChanged } of listeners) onChanged(name);
  };
  return {
    jobs,
    put(job) {
      jobs.set(job.name, job);
      tell(job.name);
    },
    remove(name) {
      const isGone = jobs.delete(name);
      if (isGone) tell(name);
      return isGone;
    },
    run(name) {
      for (const { onRun } of listeners) onRun(name);
    },
    listen(listener) {
      listeners.push(listener);
    },
  };
}
