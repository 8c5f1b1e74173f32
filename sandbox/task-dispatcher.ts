import type { IdTokens } from './id-token.ts';
import { isLoopbackUrl } from './loopback-server.ts';
import type { RequestLog } from './request-log.ts';
import { parseDuration, type RetryConfig, type TaskRecord, type TaskStore } from './task-store.ts';

export interface TaskDispatcherOptions {
  readonly tasks: TaskStore;
  readonly idTokens: IdTokens;
  readonly requestLog: Pick<RequestLog, 'add'>;
  /** Shortens the waits between attempts (not the wait for a task's schedule time): 0.01 makes 10 s of 0.1 s. Default 1. */
  readonly timeScale?: number;
  readonly now?: () => Date;
}

export interface TaskDispatcher {
  /** Tasks that wait for their time, run, or wait for another attempt. */
  pending(): number;
  /** Resolves when no task is left. */
  idle(): Promise<void>;
  /** Sends nothing any more, ends what is under way. */
  stop(): Promise<void>;
}

/**
 * Sends tasks to their workers as Cloud Tasks does: at their schedule time, by HTTP, until a 2xx or until the queue's
 * retry limits are used up; then the task is deleted without a trace (there is no dead-letter queue). FACTS 12.
 */
export function createTaskDispatcher(options: TaskDispatcherOptions): TaskDispatcher {
  const { tasks, idTokens, requestLog, timeScale = 1 } = options;
  const now = options.now ?? (() => new Date());
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Map<string, Promise<void>>();
  const waiters: (() => void)[] = [];
  const abort = new AbortController();

  const settle = () => {
    if (tasks.tasks.size === 0) for (const wake of waiters.splice(0)) wake();
  };
  const schedule = (task: TaskRecord, delay: number) => {
    if (abort.signal.aborted) return;
    timers.set(
      task.name,
      setTimeout(() => start(task), Math.min(Math.max(delay, 0), 2 ** 31 - 1)),
    );
  };
  const start = (task: TaskRecord) => {
    timers.delete(task.name);
    const queue = tasks.queues.get(queueOf(task));
    if (!tasks.tasks.has(task.name)) return settle();
    if (queue?.state !== 'RUNNING' || runningIn(queue.name) >= queue.rateLimits.maxConcurrentDispatches) {
      return schedule(task, 20);
    }
    const work = attempt(task, queue.retryConfig).finally(() => {
      running.delete(task.name);
      settle();
    });
    running.set(task.name, work);
  };
  const runningIn = (queue: string) => [...running.keys()].filter((name) => name.startsWith(`${queue}/`)).length;

  async function attempt(task: TaskRecord, retry: RetryConfig): Promise<void> {
    const started = performance.now();
    const dispatchTime = now().toISOString();
    const retries = task.dispatchCount++;
    task.firstAttempt ??= { dispatchTime };
    const outcome = await send(task, retries);
    if (abort.signal.aborted) return;
    if (outcome.status > 0) task.responseCount++;
    task.lastAttempt = {
      scheduleTime: task.scheduleTime,
      dispatchTime,
      responseTime: now().toISOString(),
      responseStatus: { code: outcome.code, message: outcome.message },
    };
    requestLog.add({
      kind: 'task',
      task: idOf(task),
      queue: queueOf(task).split('/').at(-1),
      url: task.httpRequest.url,
      attempt: task.dispatchCount,
      status: outcome.status,
      ms: Math.round(performance.now() - started),
      ...(outcome.status === 0 ? { error: outcome.message } : {}),
    });
    if (isSuccess(outcome.status) || isUsedUp(task, retry, now().getTime())) {
      tasks.remove(task.name);
      return;
    }
    const delay = Math.max(retryDelay(retry, retries), outcome.retryAfter) * timeScale;
    task.scheduleTime = new Date(now().getTime() + delay).toISOString();
    schedule(task, delay);
  }

  async function send(task: TaskRecord, retries: number): Promise<Outcome> {
    const { url, httpMethod, body } = task.httpRequest;
    if (!isLoopbackUrl(url)) return failure(7, `${url} is not on this machine`);
    try {
      const response = await fetch(url, {
        method: httpMethod,
        headers: await buildHeaders(task, retries, idTokens),
        ...(body === undefined ? {} : { body: Buffer.from(body, 'base64') }),
        redirect: 'manual',
        signal: AbortSignal.any([abort.signal, AbortSignal.timeout(parseDuration(task.dispatchDeadline))]),
      });
      await response.arrayBuffer();
      const retryAfter = Number(response.headers.get('retry-after') ?? 0) * 1000;
      const message = `HTTP status code ${response.status}`;
      return {
        status: response.status,
        code: isSuccess(response.status) ? 0 : 2,
        message,
        retryAfter: retryAfter || 0,
      };
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'TimeoutError') return failure(4, 'DEADLINE_EXCEEDED');
      return failure(14, cause instanceof Error ? String(cause.cause ?? cause.message) : String(cause));
    }
  }

  tasks.onAdded((task) => schedule(task, Date.parse(task.scheduleTime) - now().getTime()));
  return {
    pending: () => tasks.tasks.size,
    idle: () => (tasks.tasks.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    async stop() {
      abort.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}

interface Outcome {
  /** HTTP status; 0 = no answer. */
  readonly status: number;
  /** google.rpc.Code */
  readonly code: number;
  readonly message: string;
  /** Milliseconds that the worker asked for. */
  readonly retryAfter: number;
}

function failure(code: number, message: string): Outcome {
  return { status: 0, code, message, retryAfter: 0 };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

async function buildHeaders(task: TaskRecord, retries: number, idTokens: IdTokens): Promise<Headers> {
  const { headers: given, oidcToken, url } = task.httpRequest;
  const headers = new Headers(given);
  headers.set('user-agent', 'Google-Cloud-Tasks');
  headers.set('x-cloudtasks-queuename', queueOf(task).split('/').at(-1) ?? '');
  headers.set('x-cloudtasks-taskname', idOf(task));
  headers.set('x-cloudtasks-taskretrycount', String(retries));
  headers.set('x-cloudtasks-taskexecutioncount', String(task.responseCount));
  headers.set('x-cloudtasks-tasketa', String(Date.parse(task.scheduleTime) / 1000));
  if (oidcToken) {
    const token = await idTokens.mint({ email: oidcToken.serviceAccountEmail, audience: oidcToken.audience ?? url });
    headers.set('authorization', `Bearer ${token}`);
  }
  return headers;
}

/** Milliseconds before retry number `retries` (0 = the first): doubles `maxDoublings` times, then grows by the same step, up to the maximum. */
export function retryDelay({ minBackoff, maxBackoff, maxDoublings }: RetryConfig, retries: number): number {
  const min = parseDuration(minBackoff);
  const grown = retries <= maxDoublings ? min * 2 ** retries : min * 2 ** maxDoublings * (retries - maxDoublings + 1);
  return Math.min(grown, parseDuration(maxBackoff));
}

/** Attempts and duration must both be used up, where both are limited. */
function isUsedUp(task: TaskRecord, retry: RetryConfig, now: number): boolean {
  const maxDuration = parseDuration(retry.maxRetryDuration);
  const attemptsLeft = retry.maxAttempts > 0 && task.dispatchCount < retry.maxAttempts;
  const timeLeft = maxDuration > 0 && now - Date.parse(task.firstAttempt?.dispatchTime ?? '') < maxDuration;
  return (retry.maxAttempts > 0 || maxDuration > 0) && !attemptsLeft && !timeLeft;
}

function queueOf(task: TaskRecord): string {
  return task.name.slice(0, task.name.indexOf('/tasks/'));
}

function idOf(task: TaskRecord): string {
  return task.name.slice(task.name.indexOf('/tasks/') + '/tasks/'.length);
}
