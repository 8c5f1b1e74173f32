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
  /** Says something to the one person who pressed; may fail. */
  readonly reply: (responseUrl: string, text: string) => Promise<void>;
  /** Slack waits 3 s; default 2,500 ms. */
  readonly answerWithinMs?: number;
}

export interface SlackActionRequest extends SignedRequest {
  readonly method: string;
  readonly contentType: string;
}

export interface SlackActionReply {
  readonly status: 200 | 400 | 401 | 405 | 503;
  readonly body: string;
}

/** Bytes; a press has a few thousand. */
export const longestBody = 100_000;

/**
 * Takes a press of a button in Slack: signature, 5 minutes, form, approver (settings.slack.approvers), and puts the answer into
 * the queue as a task that is named once for each question. It decides nothing: the ledger does, once, and only for the list
 * that was shown. Refusals change nothing and say nothing to who cannot sign. Never throws.
 */
export function createSlackActionHandler(
  deps: SlackActionDeps,
): (request: SlackActionRequest) => Promise<SlackActionReply> {
  const { settings, secret, queue, clock, log } = deps;
  const answerWithinMs = deps.answerWithinMs ?? 2500;
  return async (request) => {
    const { method, contentType, rawBody } = request;
    const deadline = clock.now() + answerWithinMs;
    if (method !== 'POST') return refuse(405, 'not-post');
    if (rawBody.length > longestBody) return refuse(400, 'too-long');
    const forgery = findForgery(request, { secret, now: clock.now() });
    if (forgery) return refuse(401, forgery);
    if (!/^application\/x-www-form-urlencoded(;|$)/i.test(contentType)) return refuse(400, 'not-a-form');
    const press = parsePress(rawBody.toString('utf8'));
    if (!press) return refuse(400, 'not-a-press');
    const { approvalId, userId } = press;
    if (!settings.slack?.approvers.includes(userId)) {
      const refusal = refuse(200, 'not-an-approver', { approvalId, userId });
      await say(press, 'You are not on the list of people who may approve. Nothing was changed.', deadline);
      return refusal;
    }
    return await enqueue(press, deadline);
  };

  async function enqueue(press: Press, deadline: number): Promise<SlackActionReply> {
    const { approvalId, planHash, approved, userId, userName } = press;
    const by = `slack:${userId} (${userName})`;
    try {
      const plan = planDecision({ approvalId, now: clock.now() });
      const body = { reason: 'decision', approvalId, planHash, approved, by } as const;
      // What is late may still be done: a second press coalesces with it.
      const { outcome, task } = await beforeDeadline(queue.enqueue({ plan, body }), deadline);
      log.info('answer taken', { approvalId, approved, by, task, outcome });
      if (outcome === 'coalesced') {
        await say(press, 'This question has been answered already. Nothing was changed by this press.', deadline);
      }
      return { status: 200, body: '' };
    } catch (error) {
      log.error('answer not taken', { approvalId, approved, by, error });
      await say(press, 'The answer could not be taken. Press again, or use sallyport approve.', deadline);
      return { status: 503, body: '' };
    }
  }

  function refuse(
    status: SlackActionReply['status'],
    why: string,
    facts: Readonly<Record<string, unknown>> = {},
  ): SlackActionReply {
    log.warn('press refused', { code: 'slack-action-refused', why, ...facts });
    return { status, body: '' };
  }

  /** A reply is a courtesy: its failure is logged and changes nothing. */
  async function say({ responseUrl, approvalId }: Press, text: string, deadline: number): Promise<void> {
    if (responseUrl === undefined) return;
    try {
      await beforeDeadline(deps.reply(responseUrl, text), deadline);
    } catch (error) {
      log.warn('no reply to the press', { approvalId, error });
    }
  }

  async function beforeDeadline<T>(work: Promise<T>, deadline: number): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const error = new AppError('queue-failed', `No answer within ${answerWithinMs} ms; Slack waits no longer.`);
    const timer = setTimeout(() => reject(error), Math.max(0, deadline - clock.now()));
    // Whoever is late is heard no more.
    work.catch(() => undefined);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
