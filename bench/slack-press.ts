import { createHmac } from 'node:crypto';
import type { Message } from './bench-event.ts';

let lastQuestion = 0;

/** An approver has pressed a button under a question that nobody has answered yet, signed as Slack signs it. */
export function buildPress(userId: string, signingSecret: string): Message {
  const value = JSON.stringify({ approvalId: `bench-${++lastQuestion}`, planHash: '0'.repeat(64) });
  const payload = {
    type: 'block_actions',
    user: { id: userId, username: 'ann' },
    actions: [{ type: 'button', action_id: 'sallyport-approve', value }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  };
}
