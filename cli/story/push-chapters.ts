import { setTimeout as wait } from 'node:timers/promises';
import { buildWebhookEstate, type WebhookEstate } from '../../sandbox/estates/webhook-estate.ts';
import type { SlackMessage } from '../../sandbox/slack/slack-store.ts';
import type { Chapter, Told } from './chapters.ts';
import type { SlackPane } from './slack-pane.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';

export interface PushParts {
  readonly stage: Stage;
  readonly watch: Watch;
  readonly pane: SlackPane;
}

/** What the first chapter of a pair leaves to the second. */
interface Open {
  readonly topic: string;
  readonly asked: Promise<{ question: SlackMessage; eventId?: string }>;
}

const deliveredWithinMs = 30_000;
const found = 'the audit event is on its way; Sallyport looks, asks on Slack, and ann presses Approve';

/** Pub/Sub pushes that do not arrive, without IAP and behind it: found, asked on Slack, approved, delivered. */
export function buildPushChapters({ stage, watch, pane }: PushParts): readonly Chapter[] {
  const { estate, admin, push, sandbox } = stage;
  const [first, second] = estate.regions;
  let hooks: WebhookEstate | undefined;
  let open: Open | undefined;

  return [
    {
      name: 'push-regional',
      doing: 'a subscription pushes through a balancer of two regions',
      async play() {
        hooks = buildWebhookEstate(sandbox.cloud, estate);
        const { host, pusher, urls } = hooks;
        await add('webhooks', { endpoint: `https://${host}/orders`, account: pusher, audience: urls[first] });
        const pushes = await pushAll('webhooks');
        return {
          title: "a push with one region's URL as its audience: 401 in the other",
          ok: pushes[first] === 200 && pushes[second] === 401,
          pushes,
        };
      },
    },
    {
      name: 'push-regional-cured',
      doing: found,
      play: () => cured('asked on Slack, ann approves → one audience for both regions'),
    },
    {
      name: 'push-iap',
      doing: 'a subscription pushes through IAP',
      async play() {
        const { pusher = '' } = hooks ?? {};
        await add('orders', { endpoint: `https://${estate.host}/orders`, account: pusher });
        const pushes = await pushAll('orders');
        return {
          title: 'a push to a host behind IAP, with the default audience: 401',
          ok: every(pushes, 401),
          pushes,
        };
      },
    },
    {
      name: 'push-iap-cured',
      doing: found,
      play: () => cured("asked on Slack, ann approves → IAP's audience, and IAP lets it in"),
    },
  ];

  async function add(topic: string, more: { endpoint: string; account: string; audience?: string | undefined }) {
    watch.expect('waiting');
    await admin.addPush({ name: topic, ...more });
    const asked = watch.expected().then(async (run) => ({ ...run, question: await pane.question() }));
    // Whoever waits for it hears of a failure; here nobody does yet.
    asked.catch(() => undefined);
    open = { topic, asked };
  }

  async function cured(title: string): Promise<Told> {
    if (!open) throw new Error('no push was made');
    const { question, eventId } = await open.asked;
    const asked = pane.news();
    const { status } = await pane.approve(question);
    if (status !== 200) throw new Error(`slack-action answered ${status} to the approval`);
    await Promise.race([push.idle(), giveUp()]);
    const pushes = await pushAll(open.topic);
    await stage.settled();
    return { title, ok: every(pushes, 200), pushes, slack: asked, ...(eventId ? { eventId } : {}) };
  }

  /** One message into each region; what its first push was answered. */
  async function pushAll(topic: string): Promise<Record<string, number>> {
    const got: Record<string, number> = {};
    for (const region of [first, second]) {
      push.pinRegion(region);
      const id = await admin.publish(topic);
      await push.tried();
      const row = sandbox.requestLog.rows.find(({ kind, messageId }) => kind === 'push' && messageId === id);
      got[region] = Number(row?.['status'] ?? 0);
    }
    return got;
  }
}

async function giveUp(): Promise<never> {
  await wait(deliveredWithinMs, undefined, { ref: false });
  throw new Error(`messages were still refused ${deliveredWithinMs / 1000} s after the approval`);
}

function every(pushes: Readonly<Record<string, number>>, status: number): boolean {
  return Object.values(pushes).every((one) => one === status);
}
