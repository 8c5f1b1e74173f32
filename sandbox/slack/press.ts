import { createHmac } from 'node:crypto';
import { isLoopbackUrl } from '../loopback-server.ts';
import type { SlackChannel, SlackMessage, SlackUser } from './slack-store.ts';

export interface PressOptions {
  readonly user: SlackUser;
  readonly channel: SlackChannel;
  readonly message: SlackMessage;
  readonly actionId: string;
  readonly actionUrl: string;
  readonly responseUrl: string;
  readonly signingSecret: string;
  readonly now: number;
  /** Signed with another secret. */
  readonly forged?: boolean;
  /** Signed this long ago. */
  readonly ageSeconds?: number;
}

export interface PressResult {
  readonly user: string;
  readonly actionId: string;
  /** What the action URL answered; 0 = nothing within 3 s: people see a warning sign. */
  readonly status: number;
  readonly body: string;
  /** What was sent, for a replay. */
  readonly sent: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

/** A press of a button as Slack tells of it: one signed form. The button must stand in the message. */
export async function sendPress(options: PressOptions): Promise<PressResult> {
  const body = new URLSearchParams({ payload: JSON.stringify(buildPayload(options)) }).toString();
  const timestamp = String(Math.floor(options.now / 1000) - (options.ageSeconds ?? 0));
  const secret = options.forged ? 'not-the-signing-secret' : options.signingSecret;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  };
  const { user, actionId, actionUrl } = options;
  return { user: user.id, actionId, ...(await sendSigned(actionUrl, { headers, body })) };
}

/** Sends what was sent before, byte for byte. */
export async function sendSigned(
  actionUrl: string,
  sent: PressResult['sent'],
): Promise<Pick<PressResult, 'status' | 'body' | 'sent'>> {
  if (!isLoopbackUrl(actionUrl)) throw new Error(`${actionUrl} is not on this machine`);
  const request = { method: 'POST', headers: sent.headers, body: sent.body, signal: AbortSignal.timeout(3000) };
  try {
    const response = await fetch(actionUrl, request);
    return { status: response.status, body: await response.text(), sent };
  } catch (error) {
    return { status: 0, body: String(error), sent };
  }
}

function buildPayload({ user, channel, message, actionId, responseUrl, now }: PressOptions) {
  const [block, button] = findButton(message, actionId);
  return {
    type: 'block_actions',
    user: { id: user.id, username: user.name, name: user.name, team_id: 'T0SANDBOX' },
    api_app_id: 'A0SANDBOX',
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: false },
    trigger_id: `${now}.1.sandbox`,
    team: { id: 'T0SANDBOX', domain: 'sandbox' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.name },
    message: { type: 'message', ts: message.ts, text: message.text, blocks: message.blocks, bot_id: 'B0BOT' },
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      {
        action_id: actionId,
        block_id: block,
        text: button['text'],
        value: button['value'],
        style: button['style'],
        type: 'button',
        action_ts: (now / 1000).toFixed(6),
      },
    ],
  };
}

/** Throws when there is no such button: what is not shown cannot be pressed. */
function findButton({ blocks, ts }: SlackMessage, actionId: string): [string, Record<string, unknown>] {
  for (const block of blocks) {
    const elements: unknown = block['elements'];
    if (block['type'] !== 'actions' || !Array.isArray(elements)) continue;
    const button = elements.find((element) => Object(element).action_id === actionId);
    if (button) return [String(block['block_id']), Object(button)];
  }
  throw new Error(`message ${ts} has no button ${actionId}`);
}
