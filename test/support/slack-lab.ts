import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';
import { createLog } from '../../functions/adapters/log.ts';
import { sendNotices } from '../../functions/adapters/slack/send-notices.ts';
import { createSlackClient } from '../../functions/adapters/slack/slack-client.ts';
import type { NoticeContent } from '../../functions/core/people.ts';
import { type SlackOptions, startSlack } from '../../sandbox/slack/start-slack.ts';

export const channel = 'C0SECURITY';

/** Slack's own client, the stand-in over HTTP, a ledger in memory, and one clock for all three that waiting turns. */
export async function openSlackLab(options: Omit<SlackOptions, 'now'> = {}) {
  let time = 1_800_000_000_000;
  const clock = { now: () => time };
  const slack = await startSlack({ ...options, now: clock.now });
  const ledger = await openSqliteLedger(':memory:', clock.now);
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const waits: number[] = [];
  const env = {
    SLACK_BOT_TOKEN: slack.token,
    SLACK_API_URL: slack.apiUrl,
    SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:9',
  };
  const timing = {
    random: () => 1,
    async sleep(ms: number) {
      waits.push(ms);
      time += ms;
    },
  };
  let senders = 0;
  return {
    slack,
    ledger,
    log,
    lines,
    waits,
    clock,
    timing,
    env,
    pass: (ms: number) => {
      time += ms;
    },
    send: async (over: Partial<typeof env> = {}) => {
      const client = createSlackClient(log, { ...env, ...over });
      if (!client) throw new Error('no token');
      senders += 1;
      return sendNotices({ ledger, slack: client, clock, timing, log, sender: `sender-${senders}` });
    },
    put: (content: NoticeContent, id = 'n-1', to = channel) =>
      ledger.putNotice({ id, project: 'acme-prod', channel: to, content }, time),
    posted: () => slack.store.messages(channel),
    calls: (method: string) => slack.calls.filter((call) => call.method === method),
    async stop() {
      await slack.stop();
      await ledger.close();
    },
  };
}

export type SlackLab = Awaited<ReturnType<typeof openSlackLab>>;

/** A finding as people are told of it. */
export function findingContent(over: Partial<Extract<NoticeContent, { kind: 'finding' }>> = {}) {
  return {
    kind: 'finding',
    findingId: '0123456789abcdef',
    rule: 'iap-invoker-missing',
    severity: 'high',
    resource: '//run.googleapis.com/projects/acme-prod/locations/europe-west1/services/shop',
    subject: 'serviceAccount:service-111222333444@gcp-sa-iap.iam.gserviceaccount.com',
    message: 'IAP may not invoke shop in europe-west1: users get a 403.',
    hint: 'Grant it.',
    gcloud: ['gcloud run services add-iam-policy-binding shop --region=europe-west1'],
    state: 'open',
    openedAt: 1_800_000_000_000,
    ...over,
  } as const;
}

/** A question as people are told of it. */
export function approvalContent(over: Partial<Extract<NoticeContent, { kind: 'approval' }>> = {}) {
  return {
    kind: 'approval',
    approvalId: '0123456789abcdef-kz3x',
    planHash: 'ab'.repeat(32),
    lines: [
      'take allUsers out of roles/run.invoker on //run.googleapis.com/projects/acme-prod/locations/r/services/shop',
    ],
    expiresAt: 1_800_086_400_000,
    state: 'waiting',
    ...over,
  } as const;
}
