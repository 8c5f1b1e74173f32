import type { Notice } from '../../core/people.ts';
import type { Clock, Logger } from '../../core/world.ts';
import { buildMessage } from './build-message.ts';
import { describeEnd } from './finding-blocks.ts';
import type { SendTiming } from './send-notices.ts';
import type { OutgoingMessage, SlackClient } from './slack-client.ts';
import { parseSlackFailure, type SlackFailure } from './slack-failure.ts';

export type Delivered =
  | { readonly kind: 'sent'; readonly ts: string }
  /** Not known to be there; worth another try, not before `waitMs` from now. */
  | { readonly kind: 'later'; readonly why: string; readonly waitMs: number }
  /** Not there, and somebody must mend something first. */
  | { readonly kind: 'refused'; readonly why: string };

export interface CourierParts {
  readonly slack: SlackClient;
  readonly clock: Clock;
  readonly timing: SendTiming;
  readonly log: Logger;
  /** No call is begun after this (ms). */
  readonly deadline: number;
}

/** Slack takes one message a second in a channel. */
const paceMs = 1000;

/** Clocks differ: a message may bear a time from before its notice. */
const skewMs = 300_000;

/** Brings one notice to Slack, so that it is there once: it looks before it posts what may be there already. */
export function createCourier({ slack, clock, timing, log, deadline }: CourierParts) {
  const lastAt = new Map<string, number>();
  const looks = new Map<string, { readonly oldest: number; readonly posted: ReadonlyMap<string, string> }>();
  return {
    async deliver(notice: Notice): Promise<Delivered> {
      try {
        const ts = notice.ts ?? (await post(notice));
        if (notice.ts !== undefined) await renew({ ...notice, ts: notice.ts });
        return { kind: 'sent', ts };
      } catch (error) {
        if (error instanceof TooLate) return { kind: 'later', why: error.message, waitMs: error.waitMs };
        const failure = parseSlackFailure(error);
        switch (failure.kind) {
          case 'no-answer':
            return { kind: 'later', why: failure.why, waitMs: 0 };
          case 'rate-limited':
            return { kind: 'later', why: 'rate-limited', waitMs: failure.waitMs };
          default:
            return { kind: 'refused', why: failure.why };
        }
      }
    },
  };

  async function post(notice: Notice): Promise<string> {
    const { channel, createdAt, attempts, id } = notice;
    if (attempts > 1) {
      // An earlier try may have gone through, its sender dead or its answer lost.
      const ts = (await look(channel, createdAt - skewMs)).get(id);
      if (ts !== undefined && (await takeOver(notice, ts))) return ts;
    }
    return await write(notice, (message) => slack.post(message));
  }

  /** False: it is not ours. Any app of the workspace may post a message with our mark, and must not silence us by it. */
  async function takeOver(notice: Notice, ts: string): Promise<boolean> {
    try {
      await write({ ...notice, ts }, (message) => slack.update({ ...message, ts }));
      return true;
    } catch (error) {
      const failure = parseSlackFailure(error);
      if (failure.kind !== 'gone') throw error;
      log.warn('a message with our mark is not ours', { noticeId: notice.id, channel: notice.channel, ts });
      return false;
    }
  }

  /** One look serves all that we hold: nobody else posts those. */
  async function look(channel: string, oldest: number): Promise<ReadonlyMap<string, string>> {
    const known = looks.get(channel);
    if (known && known.oldest <= oldest) return known.posted;
    const posted = await call(channel, () => slack.listPosted({ channel, oldest }), { isRead: true });
    looks.set(channel, { oldest, posted });
    return posted;
  }

  async function renew(notice: Notice & { readonly ts: string }): Promise<void> {
    const { id, ts, channel, content } = notice;
    try {
      await write(notice, (message) => slack.update({ ...message, ts }));
      if (content.kind === 'finding' && content.state !== 'open') await replyOnce(notice, describeEnd(content));
    } catch (error) {
      const failure = parseSlackFailure(error);
      if (failure.kind !== 'gone') throw error;
      // People have taken it away, or Slack no longer lets us change it: there is nothing left to do for it.
      log.warn('message can no longer be changed', { noticeId: id, channel, ts, why: failure.why });
    }
  }

  async function replyOnce({ id, channel, ts, attempts, revision, createdAt }: Notice & { ts: string }, text: string) {
    const replyId = `${id}#end`;
    if (attempts > 1 || revision > 2) {
      const place = { channel, oldest: createdAt - skewMs, threadTs: ts };
      const posted = await call(channel, () => slack.listPosted(place), { isRead: true });
      if (posted.has(replyId)) return;
    }
    const message: OutgoingMessage = { channel, text, blocks: [], mark: { id: replyId, revision } };
    await call(channel, () => slack.post({ ...message, threadTs: ts }));
  }

  /** What Slack will not take as blocks it gets as plain words: better than silence. */
  async function write<T>(notice: Notice, send: (message: OutgoingMessage) => Promise<T>): Promise<T> {
    const { id, channel, revision } = notice;
    const message = { ...buildMessage(notice), channel, mark: { id, revision } };
    try {
      return await call(channel, () => send(message));
    } catch (error) {
      const failure = parseSlackFailure(error);
      if (failure.kind !== 'bad-message') throw error;
      log.error('message refused as blocks, sent as words', { noticeId: id, channel, why: failure.why });
      return await call(channel, () => send({ ...message, blocks: [] }));
    }
  }

  /** One call, in its time; after a 429 it waits as long as Slack says and sends it again, as often as the deadline allows. */
  async function call<T>(channel: string, send: () => Promise<T>, { isRead = false } = {}): Promise<T> {
    for (;;) {
      const due = isRead ? 0 : (lastAt.get(channel) ?? Number.NEGATIVE_INFINITY) + paceMs;
      await waitUntil(due, 'no time left');
      try {
        if (!isRead) lastAt.set(channel, clock.now());
        return await send();
      } catch (error) {
        const failure: SlackFailure = parseSlackFailure(error);
        if (failure.kind !== 'rate-limited') throw error;
        log.info('slack asks to wait', { channel, waitMs: failure.waitMs });
        await waitUntil(clock.now() + failure.waitMs, 'rate-limited');
      }
    }
  }

  async function waitUntil(at: number, why: string): Promise<void> {
    const waitMs = at - clock.now();
    if (Math.max(at, clock.now()) >= deadline) throw new TooLate(why, Math.max(0, waitMs));
    if (waitMs > 0) await timing.sleep(waitMs);
  }
}

/** Not tried: it would not have ended in time. */
class TooLate extends Error {
  readonly waitMs: number;

  constructor(why: string, waitMs: number) {
    super(why);
    this.waitMs = waitMs;
  }
}
