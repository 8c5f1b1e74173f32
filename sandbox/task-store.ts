/** Cloud Tasks: the queues and the tasks that wait or run. */
export interface TaskStore {
  /** By `projects/ID/locations/R/queues/Q`. */
  readonly queues: Map<string, QueueRecord>;
  /** By name; a task that succeeded, was deleted or gave up is gone. */
  readonly tasks: ReadonlyMap<string, TaskRecord>;
  /** False when the name is taken: by a task, or by one that ran or was deleted at any time in this sandbox's life. */
  add(task: TaskRecord): boolean;
  remove(name: string): boolean;
  /** Hears each task after it was added. */
  onAdded(listener: (task: TaskRecord) => void): void;
}

export interface QueueRecord {
  readonly name: string;
  state: 'RUNNING' | 'PAUSED' | 'DISABLED';
  readonly rateLimits: RateLimits;
  readonly retryConfig: RetryConfig;
}

export interface RateLimits {
  readonly maxDispatchesPerSecond: number;
  readonly maxBurstSize: number;
  readonly maxConcurrentDispatches: number;
}

/** Durations as `3.5s`. */
export interface RetryConfig {
  /** -1 = no limit. */
  readonly maxAttempts: number;
  /** `0s` or absent = no limit. */
  readonly maxRetryDuration?: string;
  readonly minBackoff: string;
  readonly maxBackoff: string;
  readonly maxDoublings: number;
}

export interface TaskRecord {
  readonly name: string;
  readonly httpRequest: TaskRequest;
  /** ISO time of the next attempt. */
  scheduleTime: string;
  readonly createTime: string;
  readonly dispatchDeadline: string;
  dispatchCount: number;
  responseCount: number;
  firstAttempt?: Attempt;
  lastAttempt?: Attempt;
}

export interface TaskRequest {
  readonly url: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body?: string | undefined;
  readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience?: string | undefined } | undefined;
}

export interface Attempt {
  readonly scheduleTime?: string;
  readonly dispatchTime: string;
  readonly responseTime?: string;
  readonly responseStatus?: { readonly code: number; readonly message: string };
}

export function buildTaskStore(): TaskStore {
  const tasks = new Map<string, TaskRecord>();
  const taken = new Set<string>();
  const listeners: ((task: TaskRecord) => void)[] = [];
  return {
    queues: new Map(),
    tasks,
    add(task) {
      if (taken.has(task.name)) return false;
      taken.add(task.name);
      tasks.set(task.name, task);
      for (const listener of listeners) listener(task);
      return true;
    },
    remove: (name) => tasks.delete(name),
    onAdded(listener) {
      listeners.push(listener);
    },
  };
}

/** Google's defaults for a queue (FACTS 12). */
export function buildQueue(
  name: string,
  given: Partial<Pick<QueueRecord, 'rateLimits' | 'retryConfig'>> = {},
): QueueRecord {
  return {
    name,
    state: 'RUNNING',
    rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000, ...given.rateLimits },
    retryConfig: {
      maxAttempts: 100,
      minBackoff: '0.100s',
      maxBackoff: '3600s',
      maxDoublings: 16,
      ...given.retryConfig,
    },
  };
}

/** `12.5s` in milliseconds; 0 when absent. Throws on any other text. */
export function parseDuration(text: string | undefined): number {
  if (text === undefined) return 0;
  const seconds = /^(\d+(?:\.\d{1,9})?)s$/.exec(text)?.[1];
  if (seconds === undefined) throw new RangeError(`not a duration: ${text}`);
  return Number(seconds) * 1000;
}
