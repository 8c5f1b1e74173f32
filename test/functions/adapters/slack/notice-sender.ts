import { openLedger } from '../../../../functions/adapters/ledger/open-ledger.ts';
import { createLog } from '../../../../functions/adapters/log.ts';
import { sendNotices } from '../../../../functions/adapters/slack/send-notices.ts';
import { createSlackClient } from '../../../../functions/adapters/slack/slack-client.ts';

/**
 * A process that sends until everything is sent: `node notice-sender.ts LEDGER START SCALE`. Its clock began at START (ms) and
 * runs SCALE times as fast as the world's, so that minutes pass in seconds.
 */
const [file = '', start = '', scale = ''] = process.argv.slice(2);
const clock = { now: () => Number(start) + (Date.now() - Number(start)) * Number(scale) };
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / Number(scale)));
const log = createLog();
const ledger = await openLedger(file);
const slack = createSlackClient(log);
if (!slack) throw new Error('SLACK_BOT_TOKEN is not set');
for (let again: number | undefined = 0; again !== undefined; ) {
  await sleep(Math.max(0, again - clock.now()));
  const timing = { sleep, random: () => 1 };
  again = (await sendNotices({ ledger, slack, clock, timing, log, sender: `sender-${process.pid}-${again}` })).again;
}
await ledger.close();
