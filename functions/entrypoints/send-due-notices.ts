import { randomUUID } from 'node:crypto';
import { realTiming } from '../adapters/retry-timing.ts';
import type { SendTiming, Sent } from '../adapters/slack/send-notices.ts';
import { staleMs } from '../adapters/slack/stale-ms.ts';
import type { TaskQueue } from '../adapters/task-queue.ts';
import type { World } from '../core/world.ts';
import { planNotify } from '../events/task-name.ts';

export interface SendDueDeps {
  readonly world: Pick<World, 'ledger' | 'clock' | 'log' | 'settings'>;
  /** Leads back to `reconcile`; absent: what is left waits for the next run. */
  readonly queue: TaskQueue | undefined;
  /** SLACK_BOT_TOKEN, SLACK_API_URL, SALLYPORT_SANDBOX_URL. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timing?: SendTiming;
}

/**
 * Sends what is due in the outbox; while something is left, a task `notify` comes back for it. Nothing of Slack is loaded
 * unless there is something to send. Never throws: people are told later rather than a run failing for Slack's sake.
 */
export async function sendDueNotices(deps: SendDueDeps): Promise<void> {
  const { world, queue, env = process.env } = deps;
  const { log, clock, settings } = world;
  if (!env['SLACK_BOT_TOKEN'] || !settings.slack) return;
  try {
    const { sent, again } = await send(deps, env);
    if (sent > 0) log.info('notices sent', { sent });
    if (again === undefined || !queue) return;
    const plan = planNotify({ at: Math.max(again, clock.now()), timing: settings.timing });
    const { task, outcome } = await queue.enqueue({ plan, body: { reason: 'notify' } });
    log.info('notices are left', { again, task, outcome });
  } catch (error) {
    log.error('notices not sent', { error });
  }
}

async function send(
  { world, timing = realTiming }: SendDueDeps,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Sent> {
  const { ledger, log, clock } = world;
  const next = await ledger.nextNotice(staleMs);
  if (next === undefined) return { sent: 0 };
  if (next > clock.now()) return { sent: 0, again: next };
  const [{ createSlackClient }, { sendNotices }] = await Promise.all([
    import('../adapters/slack/slack-client.ts'),
    import('../adapters/slack/send-notices.ts'),
  ]);
  const slack = createSlackClient(log, env);
  if (!slack) return { sent: 0 };
  return await sendNotices({ ledger, slack, clock, timing, log, sender: `send-${randomUUID()}` });
}
