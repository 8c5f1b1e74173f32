import type { Cloud } from '../cloud.ts';
import { servesHost } from '../front-door/served-hosts.ts';
import type { IdTokens } from '../id-token.ts';
import { isLoopbackUrl } from '../loopback-server.ts';
import type { PubSubMessage, SubscriptionRecord } from '../pubsub-store.ts';
import type { RequestLog } from '../request-log.ts';
import { buildPushRequest, pushConfigOf } from './build-push-request.ts';
import { type PushAnswer, type PushTarget, postPush } from './post-push.ts';
import { deadLetterOf, isExpired, publishDeadLetter, retryDelay, timeoutOf } from './redelivery.ts';

export interface PushDispatcherOptions {
  readonly cloud: Cloud;
  readonly idTokens: IdTokens;
  readonly requestLog: Pick<RequestLog, 'add'>;
  /** Port of the front door, which stands for every public host of the cloud; absent: only loopback endpoints are called. */
  readonly frontDoorPort?: number;
  /** Shortens back-off and retention: 0.01 makes 10 s of 0.1 s. Default 1. */
  readonly timeScale?: number;
}

export interface PushDispatcher {
  /** Messages that are neither acknowledged nor given up, each once a subscription. */
  pending(): number;
  /** Resolves when every message was sent at least once and no answer is awaited; refused ones may wait for another attempt. */
  tried(): Promise<void>;
  /** Resolves when nothing is pending; never while an endpoint goes on refusing. */
  idle(): Promise<void>;
  /** Which region the front door has to take from now on; undefined: each in turn, as users see it. */
  pinRegion(region: string | undefined): void;
  /** Sends nothing any more, ends what is under way. */
  stop(): Promise<void>;
}

interface Job {
  readonly subscription: string;
  readonly message: PubSubMessage;
  attempt: number;
}

const acknowledged = new Set([102, 200, 201, 202, 204]);

/**
 * Pushes every message that is published from now on to the push subscriptions that its topic has at that moment, at least
 * once, each attempt with the subscription's configuration of that moment. Every attempt is a row of kind `push`.
 */
export function createPushDispatcher(options: PushDispatcherOptions): PushDispatcher {
  const { cloud, idTokens, requestLog, timeScale = 1 } = options;
  const timers = new Map<Job, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const waiters: { readonly isOver: () => boolean; readonly wake: () => void }[] = [];
  const abort = new AbortController();
  let region: string | undefined;

  const pending = () => timers.size + running.size;
  const areAllTried = () => running.size === 0 && [...timers.keys()].every(({ attempt }) => attempt > 0);
  const settle = () => {
    for (const waiter of waiters.filter(({ isOver }) => isOver())) {
      waiters.splice(waiters.indexOf(waiter), 1);
      waiter.wake();
    }
  };
  const waitUntil = (isOver: () => boolean) =>
    isOver() ? Promise.resolve() : new Promise<void>((wake) => waiters.push({ isOver, wake }));

  const unhook = cloud.pubsub.onPublished((topic, message) => {
    for (const subscription of cloud.pubsub.subscriptions.values()) {
      const isPush = Boolean(pushConfigOf(subscription).pushEndpoint);
      if (subscription.topic === topic && isPush) wait({ subscription: subscription.name, message, attempt: 0 }, 0);
    }
  });

  function wait(job: Job, ms: number): void {
    if (abort.signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(job);
      const work = attempt(job).finally(() => {
        running.delete(work);
        settle();
      });
      running.add(work);
    }, ms);
    timers.set(job, timer);
  }

  async function attempt(job: Job): Promise<void> {
    const subscription = cloud.pubsub.subscriptions.get(job.subscription);
    if (!subscription) return;
    job.attempt++;
    const started = performance.now();
    const record = (outcome: string, answer: Partial<PushAnswer>, audience?: string) =>
      requestLog.add({
        kind: 'push',
        subscription: job.subscription,
        endpoint: pushConfigOf(subscription).pushEndpoint,
        messageId: job.message.messageId,
        attempt: job.attempt,
        status: answer.status ?? 0,
        region: answer.region ?? null,
        account: pushConfigOf(subscription).oidcToken?.serviceAccountEmail ?? null,
        audience: audience ?? null,
        outcome,
        ...(answer.why ? { why: answer.why } : {}),
        ms: Math.round(performance.now() - started),
      });

    const target = targetOf(subscription);
    if (typeof target === 'string') {
      record(target, {});
      return;
    }
    const deadLetter = deadLetterOf(subscription);
    const request = await buildPushRequest(subscription, job.message, {
      idTokens,
      deliveryAttempt: deadLetter && job.attempt,
    });
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(timeoutOf(subscription))]);
    const answer = await postPush(target, request, { region, signal });
    if (abort.signal.aborted) return;
    if (acknowledged.has(answer.status)) {
      record('acknowledged', answer, request.audience);
    } else if (deadLetter && job.attempt >= deadLetter.attempts && cloud.pubsub.topics.has(deadLetter.topic)) {
      record('dead-lettered', answer, request.audience);
      publishDeadLetter(cloud, { subscription, message: job.message, attempt: job.attempt });
    } else if (isExpired(subscription, job.message, { now: cloud.now(), timeScale })) {
      record('expired', answer, request.audience);
    } else {
      record('retried', answer, request.audience);
      wait(job, retryDelay(subscription, job.attempt) * timeScale);
    }
  }

  /** Where to send it, or why it is not sent. */
  function targetOf(subscription: SubscriptionRecord): PushTarget | string {
    const { pushEndpoint, oidcToken } = pushConfigOf(subscription);
    if (!pushEndpoint) return 'paused';
    if (subscription['detached'] === true) return 'detached';
    if (subscription['filter']) return 'filter-not-modelled';
    if (oidcToken && !cloud.serviceAccounts.has(oidcToken.serviceAccountEmail ?? '')) return 'no-such-account';
    if (!URL.canParse(pushEndpoint)) return 'host-not-served';
    const { hostname, host, port, pathname, search } = new URL(pushEndpoint);
    const path = pathname + search;
    if (isLoopbackUrl(pushEndpoint) && pushEndpoint.startsWith('http:'))
      return { hostname, port: Number(port || 80), host, path };
    if (options.frontDoorPort === undefined || !servesHost(cloud, hostname)) return 'host-not-served';
    return { hostname: '127.0.0.1', port: options.frontDoorPort, host: hostname, path };
  }

  return {
    pending,
    tried: () => waitUntil(areAllTried),
    idle: () => waitUntil(() => pending() === 0),
    pinRegion(asked) {
      region = asked;
    },
    async stop() {
      unhook();
      abort.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
