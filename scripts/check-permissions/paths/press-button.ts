import { createHmac } from 'node:crypto';
import { parseSettings } from '../../../functions/config.ts';
import { createSlackActionHandler } from '../../../functions/entrypoints/slack-action-handler.ts';
import { makeQueue, realClock } from './make-queue.ts';
import type { Path } from './path.ts';

const secret = 'signing-secret-of-the-lab';
let lastQuestion = 0;

/** An approver presses a button in Slack. */
export const pressButton: Path = {
  name: 'a press in Slack becomes a task',
  accounts: (account) => account === 'sallyport-slack-action',
  needs: (permission) => /^(cloudtasks\.|iam\.serviceAccounts\.)/.test(permission),
  async run(lab, account) {
    const actor = await lab.become(account);
    const handle = createSlackActionHandler({
      settings: parseSettings({ slack: { channel: 'C0', approvers: ['U0ANN'] } }),
      secret,
      queue: makeQueue(lab, actor),
      clock: realClock,
      log: actor.log,
      reply: async () => undefined,
    });
    const { status } = await handle(buildPress());
    return status === 200 ? [...actor.warnings] : [`HTTP ${status}; ${actor.warnings.join('; ')}`];
  },
};

function buildPress() {
  lastQuestion += 1;
  const value = JSON.stringify({ approvalId: `lab-${lastQuestion}`, planHash: '0'.repeat(64) });
  const payload = {
    type: 'block_actions',
    user: { id: 'U0ANN', username: 'ann' },
    actions: [{ type: 'button', action_id: 'sallyport-approve', value }],
  };
  const rawBody = Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex');
  const contentType = 'application/x-www-form-urlencoded';
  return { method: 'POST', contentType, rawBody, timestamp, signature: `v0=${digest}` };
}
