import type { Ledger } from '../../core/ledger.ts';
import type { Notice } from '../../core/people.ts';
import type { Clock, Logger } from '../../core/world.ts';
import { AppError } from '../../errors.ts';
import { createCourier, type Delivered } from './courier.ts';
import type { SlackClient } from './slack-client.ts';
import { staleMs } from './stale-ms.ts';

export interface SendDeps {
  readonly ledger: Pick<Ledger, 'claimNotices' | 'noticeSent' | 'noticeFailed' | 'nextNotice'>;
  readonly slack: SlackClient;
  readonly clock: Clock;
  readonly timing: SendTiming;
  readonly log: Logger;
  /** Unique for this process and call. */
  readonly sender: string;
}

/** Waiting and chance come from outside. */
export interface SendTiming {
  sleep(ms: number): Promise<void>;
  /** 0 <= number < 1. */
  random(): number;
}

export interface Sent {
  readonly sent: number;
  /** When something that is left can be tried again (ms since the epoch); absent = everything is there. */
  readonly again?: number;
}

/** New tries are begun for so long, waiting for Slack's limits included. */
const budgetMs = 45_000;

const claimAtOnce = 10;

/**
 * Sends what is due: posts it, or updates it in place, at most one message a second and channel. Each notice is there
 * exactly once, even if a sender died in the middle. Whatever fails stays due, with a back-off; never throws for Slack's sake.
 */
export async function sendNotices(deps: SendDeps): Promise<Sent> {
  const { ledger, clock, sender } = deps;
  const startedAt = clock.now();
  const deadline = startedAt + budgetMs;
  const courier = createCourier({ ...deps, deadline });
  let sent = 0;
  for (let isUp = true; isUp && clock.now() < deadline; ) {
    const claimed = await ledger.claimNotices(sender, claimAtOnce, clock.now(), staleMs);
    if (claimed.length === 0) break;
    const channels = Map.groupBy(claimed, ({ channel }) => channel);
    const states = await Promise.all([...channels.values()].map((notices) => sendToChannel(notices)));
    isUp = states.every((state) => state);
  }
  const again = await ledger.nextNotice(staleMs);
  return { sent, ...(again === undefined ? {} : { again }) };

  /** False: Slack takes nothing now, and what was not tried is due again. */
  async function sendToChannel(notices: readonly Notice[]): Promise<boolean> {
    for (const [index, notice] of notices.entries()) {
      const delivered = await courier.deliver(notice);
      if (delivered.kind === 'sent') {
        await ledger.noticeSent(notice.id, sender, { ts: delivered.ts, revision: notice.revision });
        sent += 1;
        continue;
      }
      const at = clock.now() + waitOf(delivered, notice, deps);
      report(delivered, notice, deps);
      await ledger.noticeFailed(notice.id, sender, at);
      if (delivered.kind === 'refused') continue;
      for (const rest of notices.slice(index + 1)) await ledger.noticeFailed(rest.id, sender, at);
      return false;
    }
    return true;
  }
}

/** Long enough that a channel or token can be mended; the sweep's run comes by in the meantime. */
const refusedWaitMs = 15 * 60_000;
const longestWaitMs = 6 * 3_600_000;

function waitOf(delivered: Exclude<Delivered, { kind: 'sent' }>, { attempts }: Notice, { timing }: SendDeps): number {
  const doublings = Math.min(20, Math.max(0, attempts - 1));
  if (delivered.kind === 'refused') return Math.min(longestWaitMs, refusedWaitMs * 2 ** doublings);
  const backOff = Math.min(300_000, 5000 * 2 ** doublings) * (0.5 + timing.random() / 2);
  return Math.max(delivered.waitMs, backOff);
}

function report(
  delivered: Exclude<Delivered, { kind: 'sent' }>,
  { id, channel, attempts }: Notice,
  { log }: SendDeps,
): void {
  const { why } = delivered;
  if (delivered.kind === 'later') {
    log.warn('notice not sent yet', { noticeId: id, channel, attempts, why });
    return;
  }
  const error = new AppError('slack-refused', `Slack refuses the message to ${channel}: ${why}.`, {
    hint: hintFor(why),
  });
  log.error('notice not sent', { noticeId: id, channel, attempts, error });
}

function hintFor(why: string): string {
  switch (why) {
    case 'channel_not_found':
    case 'is_archived':
      return 'settings.slack names channels by id (C…); a private channel must have invited the app.';
    case 'not_in_channel':
      return 'Invite the app to the channel: /invite @sallyport';
    case 'missing_scope':
      return 'The app needs the scopes chat:write, channels:history and, for private channels, groups:history.';
    case 'not_authed':
    case 'invalid_auth':
    case 'account_inactive':
    case 'token_revoked':
    case 'token_expired':
      return 'Put the bot token (xoxb-…) of the installed app into the secret behind SLACK_BOT_TOKEN.';
    default:
      return 'docs/slack.md says what the app and its channels need.';
  }
}
