import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { type SlackCall, type SlackStandIn, startSlack } from '../../../../sandbox/slack/start-slack.ts';
import { channel, findingContent } from '../../../support/slack-lab.ts';

const scale = 40;
const count = 10;
const senderFile = join(import.meta.dirname, 'notice-sender.ts');

describe('Slack is down for 60 s and the process that sends is killed in the middle', function () {
  this.timeout(60_000);
  let folder: string;
  let slack: SlackStandIn;
  let onCall: (call: SlackCall) => void;
  const children: ChildProcess[] = [];
  const start = Date.now();
  const now = () => start + (Date.now() - start) * scale;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-sender-'));
    onCall = () => undefined;
    slack = await startSlack({ now, onCall: (call) => onCall(call) });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await slack.stop();
    rmSync(folder, { recursive: true });
  });

  const startSender = () => {
    const child = spawn(process.execPath, [senderFile, join(folder, 'ledger.db'), String(start), String(scale)], {
      env: {
        PATH: process.env['PATH'],
        SLACK_BOT_TOKEN: slack.token,
        SLACK_API_URL: slack.apiUrl,
        SALLYPORT_SANDBOX_URL: 'http://127.0.0.1:9',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    return { child, ended: once(child, 'exit') };
  };

  /** Kills the first sender at the given post that Slack takes, before its answer is on the way. */
  const killAtPost = async (at: number): Promise<number> => {
    let taken = 0;
    const { child, ended } = startSender();
    onCall = ({ method, error }) => {
      if (method !== 'chat.postMessage' || error !== undefined) return;
      taken += 1;
      if (taken === at) child.kill('SIGKILL');
    };
    slack.faults.add({ kind: 'slow', method: 'chat.postMessage', delayMs: 150 });
    const [, signal] = await ended;
    assert.equal(signal, 'SIGKILL');
    onCall = () => undefined;
    slack.faults.clear();
    return taken;
  };

  for (const at of [1, 4]) {
    it(`each finding is there exactly once afterwards (killed at message ${at})`, async () => {
      const ledger = await openSqliteLedger(join(folder, 'ledger.db'), now);
      for (let n = 0; n < count; n += 1) {
        const content = findingContent({ message: `finding ${n}` });
        await ledger.putNotice({ id: `n-${n}`, project: 'acme-prod', channel, content }, now());
      }
      slack.faults.add({ kind: 'down', forMs: 60_000 });
      assert.equal(await killAtPost(at), at);
      assert.ok(
        slack.calls.some(({ error }) => error === 'down'),
        'Slack was down at first',
      );
      assert.equal(slack.store.messages(channel).length, at);
      assert.equal(await ledger.dueNotices(), count - at + 1, 'the last one was taken and nobody knows');

      const { ended } = startSender();
      assert.equal((await ended)[0], 0);
      assert.equal(await ledger.dueNotices(), 0);
      const ids = slack.store.messages(channel).map(({ metadata }) => metadata?.event_payload['id']);
      assert.deepEqual(
        ids.sort(),
        Array.from({ length: count }, (_, n) => `n-${n}`),
      );
      await ledger.close();
    });
  }
});
