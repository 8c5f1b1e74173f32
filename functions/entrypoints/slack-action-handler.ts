import type { TaskQueue } from '../adapters/task-queue.ts';
import type { Settings } from '../config.ts';
import type { Clock, Logger } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { planDecision } from '../events/task-name.ts';
import { type Press, parsePress } from './slack-payload.ts';
import { findForgery, type SignedRequest } from './slack-signature.ts';

export interface SlackActionDeps {
  readonly settings: Pick<Settings, 'slack'>;
  /** SLACK_SIGNING_SECRET */
  readonly secret: string;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** Says something to the one person who pressed; may fail, and is not waited for. */
  readonly reply: (responseUrl: string, text: string) => Promise<void>;
  /** Slack waits 3 s; default 2,500 ms. */
  readonly answerWithinMs?: number;
}

export interface SlackActionRequest extends SignedRequest {
  readonly method: string;
  readonly contentType: string;
}

export interface SlackActionReply {
  readonly status: 200 | 401 | 403 | 405 | 400 | 503;
  readonly body: string;
}

const longestBody = 100_000;

/**
 * Takes a press of a button in Slack: signature, 5 minutes, form, approver (settings.slack.approvers), and puts the answer into
 * the queue as a task that is named once for each question. It decides nothing: the ledger does, once, and only for the list
 * that was shown. Refusals change nothing and say nothing to who cannot sign. Never throws.
 */
export function createSlackActionHandler(
  deps: SlackActionDeps,
): (request: SlackActionRequest) => Promise<SlackActionReply> {
  const { settings, secret, queue, clock, log } = deps;
  return async (request) => {
    const { method, contentType, rawBody } = request;
    if (method !== 'POST') return refuse(405, 'not-post');
    if (rawBody.length > longestBody) return refuse(400, 'too-long');
    const forgery = findForgery(request, { secret, now: clock.now() });
    if (forgery) return refuse(401, forgery);
    if (!/^application\/x-www-form-urlencoded(;|$)/i.test(contentType)) return refuse(400, 'not-a-form');
    const press = parsePress(rawBody.toString('utf8'));
    if (!press) return refuse(400, 'not-a-press');
    const { approvalId, userId } = press;
    if (!settings.slack?.approvers.includes(userId)) {
      say(press, 'You are not on the list of people who may approve. Nothing was changed.');
      return refuse(403, 'not-an-approver', { approvalId, userId }, 200);
    }
    return await enqueue(press);
  };

  async function enqueue(press: Press): Promise<SlackActionReply> {
    const { approvalId, planHash, approved, userId, userName } = press;
    const by = `slack:${userId} (${userName})`;
    try {
      const plan = planDecision({ approvalId, now: clock.now() });
      const body = { reason: 'decision', approvalId, planHash, approved, by } as const;
      const { outcome, task } = await inTime(queue.enqueue({ plan, body }));
      log.info('answer taken', { approvalId, approved, by, task, outcome });
      if (outcome === 'coalesced')
        say(press, 'This question has been answered already. Nothing was changed by this press.');
      return { status: 200, body: '' };
    } catch (error) {
      log.error('answer not taken', { approvalId, approved, by, error });
      say(press, 'The answer could not be taken. Press again, or use sallyport approve.');
      return { status: 503, body: '' };
    }
  }

  /** What is late may still be done: a second press coalesces with it. */
  async function inTime<T>(work: Promise<T>): Promise<T> {
    const limit = deps.answerWithinMs ?? 2500;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new AppError('queue-failed', `The queue took more than ${limit} ms.`)),
      limit,
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      work.catch(() => undefined);
    }
  }

  function refuse(
    kind: Exclude<SlackActionReply['status'], 200>,
    why: string,
    facts: Readonly<Record<string, unknown>> = {},
    status: SlackActionReply['status'] = kind,
  ): SlackActionReply {
    log.warn('press refused', { code: 'slack-action-refused', why, refusal: kind, ...facts });
    return { status, body: '' };
  }

  function say({ responseUrl, approvalId }: Press, text: string): void {
    if (responseUrl === undefined) return;
    deps.reply(responseUrl, text).catch((error: unknown) => log.warn('no reply to the press', { approvalId, error }));
  }
}
