import type { Cloud, LogEntry } from './cloud.ts';
import { buildDeliveryFaults, type DeliveryFaults } from './delivery-faults.ts';
import { buildEventRequest, type DeliveryMode, type EventRequest } from './event-request.ts';
import type { IdTokens } from './id-token.ts';
import type { RequestLog } from './request-log.ts';
import { type EventReceiver, sendEvent } from './send-event.ts';

export interface DeliveryTarget extends EventReceiver {
  /** Of the trigger or sink; also the last part of the sink's topic. */
  readonly name: string;
  readonly mode: DeliveryMode;
  /** What the trigger or sink lets through: method names, or any condition. */
  readonly filter: readonly string[] | ((entry: LogEntry) => boolean);
  /** After `maxAttempts` the event goes to this topic (`projects/P/topics/T`). */
  readonly deadLetter?: { readonly topic: string; readonly maxAttempts: number };
}

export interface DeliveryRetry {
  /** Milliseconds; Google: 10 s, doubled up to 600 s. */
  readonly minBackoff: number;
  readonly maxBackoff: number;
  /** Milliseconds after which an event is given up; Google: 24 h. */
  readonly maxAge: number;
  /** Shortens back-off and age: 0.01 makes 10 s of 0.1 s. */
  readonly timeScale: number;
  /** Milliseconds for one answer; not scaled. */
  readonly timeout: number;
}

export interface DeliveryOptions {
  readonly cloud: Cloud;
  readonly requestLog: Pick<RequestLog, 'add'>;
  readonly idTokens?: IdTokens;
  readonly targets?: readonly DeliveryTarget[];
  readonly faults?: DeliveryFaults;
  readonly retry?: Partial<DeliveryRetry>;
  /** Requests under way at once; default 10. */
  readonly concurrency?: number;
}

export interface Delivery {
  /** Takes an audit entry; to be registered with `Sandbox.onAudit`. */
  deliver(entry: LogEntry): void;
  addTarget(target: DeliveryTarget): void;
  readonly faults: DeliveryFaults;
  /** Events that are not acknowledged, given up or dropped yet. */
  pending(): number;
  /** Resolves when nothing is pending. */
  idle(): Promise<void>;
  /** Sends nothing any more. */
  stop(): Promise<void>;
}

interface Job {
  readonly target: DeliveryTarget;
  readonly entry: LogEntry;
  readonly messageId: string;
  readonly since: number;
  attempt: number;
}

const googleRetry: DeliveryRetry = {
  minBackoff: 10_000,
  maxBackoff: 600_000,
  maxAge: 86_400_000,
  timeScale: 1,
  timeout: 600_000,
};
const maxEventBytes = 512 * 1024;

/**
 * Delivers audit entries to functions as Eventarc and Pub/Sub do: at least once, in no order, again after anything but
 * 2xx. Every attempt, drop and dead letter is a row of kind `delivery` in the request log.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { cloud, requestLog, idTokens, concurrency = 10, faults = buildDeliveryFaults() } = options;
  const retry = { ...googleRetry, ...options.retry };
  const targets = [...(options.targets ?? [])];
  const queue: Job[] = [];
  const heldBack: Job[] = [];
  const timers = new Map<Job, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const waiters: (() => void)[] = [];
  const abort = new AbortController();
  let lastMessage = 0;

  const pending = () => queue.length + heldBack.length + timers.size + running.size;
  const settle = () => {
    if (pending() === 0) for (const wake of waiters.splice(0)) wake();
  };

  function deliver(entry: LogEntry): void {
    if (abort.signal.aborted) return;
    for (const target of targets) {
      if (!passes(target, entry)) continue;
      const hits = faults.draw();
      const messageId = String(7_000_000_000_000_000 + ++lastMessage);
      const first: Job = { target, entry, messageId, since: Date.now(), attempt: 0 };
      if (hits.has('drop')) {
        record(first, requestOf(first), { status: 0, ms: 0, outcome: 'dropped' });
        continue;
      }
      const jobs = hits.has('duplicate') ? [first, { ...first }] : [first];
      const released = heldBack.splice(0);
      if (hits.has('reorder')) hold(jobs);
      else if (hits.has('delay')) for (const each of jobs) wait(each, faults.delayMs);
      else queue.push(...jobs);
      // Behind the event that releases them, also at the receiver.
      for (const each of released) wait(each, 50);
    }
    pump();
  }

  /** Until the next event goes out, or for a moment when none comes. */
  function hold(jobs: readonly Job[]): void {
    heldBack.push(...jobs);
    setTimeout(() => {
      queue.push(...heldBack.splice(0));
      pump();
    }, 500).unref();
  }

  function wait(job: Job, ms: number): void {
    if (abort.signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(job);
      queue.push(job);
      pump();
    }, ms);
    timers.set(job, timer);
  }

  function pump(): void {
    while (!abort.signal.aborted && running.size < concurrency) {
      const job = queue.shift();
      if (!job) break;
      const work = attempt(job).finally(() => {
        running.delete(work);
        pump();
        settle();
      });
      running.add(work);
    }
    settle();
  }

  async function attempt(job: Job): Promise<void> {
    job.attempt++;
    const started = performance.now();
    const request = requestOf(job);
    if (Buffer.byteLength(request.body) > maxEventBytes) {
      record(job, request, { status: 0, ms: 0, outcome: 'too-large' });
      return;
    }
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(retry.timeout)]);
    const answer = await sendEvent(job.target, request, { idTokens, signal });
    if (abort.signal.aborted) return;
    const ms = Math.round(performance.now() - started);
    const { deadLetter } = job.target;
    if (answer.status >= 200 && answer.status < 300) {
      record(job, request, { ...answer, ms, outcome: 'acknowledged' });
    } else if (deadLetter && job.attempt >= deadLetter.maxAttempts) {
      publishDeadLetter(job, deadLetter.topic);
      record(job, request, { ...answer, ms, outcome: 'dead-lettered' });
    } else if (Date.now() - job.since >= retry.maxAge * retry.timeScale) {
      record(job, request, { ...answer, ms, outcome: 'given-up' });
    } else {
      record(job, request, { ...answer, ms, outcome: 'retried' });
      wait(job, Math.min(retry.minBackoff * 2 ** (job.attempt - 1), retry.maxBackoff) * retry.timeScale);
    }
  }

  function requestOf({ target, entry, messageId, attempt }: Job): EventRequest {
    const project = projectOf(entry);
    const deliveryAttempt = target.deadLetter ? attempt : undefined;
    return buildEventRequest(target.mode, entry, { project, topic: target.name, messageId, deliveryAttempt });
  }

  function publishDeadLetter({ target, entry, attempt }: Job, topic: string): void {
    cloud.pubsub.publish(topic, {
      data: Buffer.from(JSON.stringify(entry)).toString('base64'),
      attributes: {
        CloudPubSubDeadLetterSourceDeliveryCount: String(attempt),
        CloudPubSubDeadLetterSourceSubscription: target.name,
        CloudPubSubDeadLetterSourceSubscriptionProject: projectOf(entry),
        CloudPubSubDeadLetterSourceTopicPublishTime: entry.timestamp,
      },
    });
  }

  function record({ target, entry, attempt }: Job, { eventId }: EventRequest, result: Record<string, unknown>): void {
    const { insertId, protoPayload } = entry;
    const { methodName, resourceName: resource } = protoPayload;
    requestLog.add({
      kind: 'delivery',
      target: target.name,
      eventId,
      insertId,
      method: methodName,
      resource,
      attempt,
      ...result,
    });
  }

  return {
    deliver,
    addTarget: (target) => targets.push(target),
    faults,
    pending,
    idle: () => (pending() === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    async stop() {
      abort.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}

function passes({ filter }: DeliveryTarget, entry: LogEntry): boolean {
  return typeof filter === 'function' ? filter(entry) : filter.includes(entry.protoPayload.methodName);
}

function projectOf(entry: LogEntry): string {
  return /^projects\/([^/]+)\//.exec(entry.logName)?.[1] ?? '';
}
