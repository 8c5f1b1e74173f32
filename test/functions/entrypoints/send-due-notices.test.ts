import assert from 'node:assert/strict';
import type { TaskRequest } from '../../../functions/adapters/task-queue.ts';
import { parseSettings } from '../../../functions/config.ts';
import { sendDueNotices } from '../../../functions/entrypoints/send-due-notices.ts';
import { AppError } from '../../../functions/errors.ts';
import { findingContent, openSlackLab, type SlackLab } from '../../support/slack-lab.ts';

const settings = parseSettings({ slack: { channel: 'C0SECURITY' } });

describe('what is due in the outbox', () => {
  let lab: SlackLab;
  const tasks: TaskRequest[] = [];
  beforeEach(async () => {
    tasks.length = 0;
    lab = await openSlackLab();
  });
  afterEach(() => lab.stop());

  const send = (over: { env?: Record<string, string>; slack?: boolean; failed?: boolean } = {}) =>
    sendDueNotices({
      world: {
        ledger: lab.ledger,
        clock: lab.clock,
        log: lab.log,
        settings: over.slack === false ? parseSettings({}) : settings,
      },
      queue: {
        async enqueue(task) {
          if (over.failed) throw new AppError('queue-failed', 'no queue');
          tasks.push(task);
          return { outcome: 'created', task: task.plan.id };
        },
      },
      env: over.env ?? lab.env,
      timing: lab.timing,
    });

  it('is sent, and nothing comes back for it', async () => {
    await lab.put(findingContent());
    await send();
    assert.equal(lab.posted().length, 1);
    assert.deepEqual(tasks, []);
  });

  it('that Slack did not take comes back as one task notify, when it may be tried again', async () => {
    await lab.put(findingContent());
    lab.slack.faults.add({ kind: 'down', times: 1 });
    await send();
    await send();
    assert.deepEqual(
      tasks.map(({ body }) => body),
      [{ reason: 'notify' }, { reason: 'notify' }],
    );
    const [first, second] = tasks.map(({ plan }) => plan);
    assert.equal(first?.id, second?.id);
    const wait = (first?.scheduleTime ?? 0) - lab.clock.now();
    assert.ok(wait >= 5000 && wait <= 36_000, String(wait));
    lab.pass(wait);
    await send();
    assert.equal(lab.posted().length, 1);
    assert.equal(tasks.length, 2);
  });

  it('of a sender that died comes back when its claim is over', async () => {
    await lab.put(findingContent());
    await lab.ledger.claimNotices('dead', 1, lab.clock.now(), 120_000);
    await send();
    const wait = (tasks[0]?.plan.scheduleTime ?? 0) - lab.clock.now();
    assert.ok(wait >= 120_000 && wait <= 151_000, String(wait));
  });

  it('stays where it is without a token or without settings of Slack, and Slack is not asked', async () => {
    await lab.put(findingContent());
    await send({ env: {} });
    await send({ slack: false });
    assert.deepEqual([lab.slack.calls, tasks], [[], []]);
  });

  it('fails no run: neither a queue nor an address that does not work is more than a line in the log', async () => {
    await lab.put(findingContent());
    lab.slack.faults.add({ kind: 'down' });
    await send({ failed: true });
    lab.pass(10_000);
    await send({ env: { ...lab.env, SLACK_API_URL: 'https://slack.com/api/' } });
    const errors = lab.lines
      .filter((line) => line.includes('"severity":"ERROR"'))
      .map((line) => JSON.parse(line).error.code);
    assert.deepEqual(errors, ['queue-failed', 'sandbox-not-loopback']);
    assert.equal(await lab.ledger.dueNotices(), 1);
  });
});
