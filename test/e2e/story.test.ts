import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Ended, findAlive, type SallyportProcess, startSallyport } from '../support/sallyport-process.ts';

const storySchema = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      ms: z.number(),
      calls: z.number(),
      writes: z.number(),
      status: z.number().optional(),
      regions: z.record(z.string(), z.number()).optional(),
      pushes: z.record(z.string(), z.number()).optional(),
      slack: z.array(
        z.object({
          channel: z.string(),
          title: z.string(),
          text: z.string(),
          edited: z.boolean(),
          buttons: z.array(z.string()),
        }),
      ),
      report: z.object({ url: z.string(), file: z.string() }).optional(),
      eventId: z.string().optional(),
      note: z.string().optional(),
    }),
  ),
});
type Story = z.infer<typeof storySchema>;

/** A line of the request log, as far as it is recounted here. */
const rowSchema = z.object({
  kind: z.string(),
  step: z.string().optional(),
  method: z.string().optional(),
  url: z.string().optional(),
  caller: z.string().optional(),
  // A workflow's is a word.
  status: z.number().optional().catch(undefined),
  region: z.string().nullish(),
  subscription: z.string().optional(),
  messageId: z.string().optional(),
  attempt: z.number().optional(),
  task: z.string().optional(),
  eventId: z.string().optional(),
});
type Row = z.infer<typeof rowSchema>;

const names = [
  'iap-on',
  'iap-on-bound',
  'region-added',
  'region-added-bound',
  'new-revision',
  'grant-removed',
  'grant-removed-bound',
  'event-lost',
  'sweep',
  'push-regional',
  'push-regional-cured',
  'push-iap',
  'push-iap-cured',
  'report',
  'client-id-2021',
];

describe('npm start -- --once --json', () => {
  let folder: string;
  const started: SallyportProcess[] = [];
  const logOf = (name: string) => join(folder, `${name}.ndjson`);

  let whole: Ended;
  let story: Story;
  let broken: Ended;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-story-'));
    const args = ['--once', '--json', '--seed', '7'];
    [whole, broken] = await Promise.all([
      start(['start', '--', ...args, '--log', logOf('whole')], { npm: true }).ended,
      start(['start', ...args, '--break', 'grant', '--log', logOf('broken')]).ended,
    ]);
    story = parseStory(whole);
  });
  after(() => {
    for (const one of started) {
      if (findAlive([one.pid]).length > 0) process.kill(-one.pid, 'SIGKILL');
      one.forget();
    }
    rmSync(folder, { recursive: true });
  });

  const stepOf = (name: string) => {
    const step = story.steps.find((one) => one.name === name);
    assert.ok(step, `no step ${name}`);
    return step;
  };
  const start = (...[args, options]: Parameters<typeof startSallyport>) => {
    const one = startSallyport(args, options);
    started.push(one);
    return one;
  };

  it('tells the whole story, exits 0 within 75 s and leaves nothing behind but the report', () => {
    assert.equal(whole.code, 0, whole.stderr);
    assert.deepEqual(
      story.steps.map(({ name }) => name),
      names,
    );
    assert.ok(story.ok && story.steps.every(({ ok }) => ok));
    assert.ok(whole.ms < 75_000, `${whole.ms} ms`);
    const left = started.flatMap((one) => one.leftovers());
    assert.deepEqual(left, [basename(dirname(stepOf('report').report?.file ?? ''))]);
  });

  it('gives statuses, event ids and counts of calls that are found again in the request log', () => {
    const rows = readRows(logOf('whole'));
    for (const step of story.steps) {
      const ofStep = rows.filter((row) => row.step === step.name);
      const calls = ofStep.filter(({ kind, caller = '' }) => kind === 'api' && caller.startsWith('sallyport-'));
      assert.equal(calls.length, step.calls, `calls of ${step.name}`);
      const isWrite = /\.setIamPolicy$|\.services\.patch$|\.subscriptions\.patch$/;
      const writes = calls.filter(({ method = '', status }) => isWrite.test(method) && status === 200);
      assert.equal(writes.length, step.writes, `writes of ${step.name}`);
      if (step.regions) assert.deepEqual(lastStatuses(ofStep), step.regions, `statuses of ${step.name}`);
      if (step.pushes) assert.deepEqual(firstPushes(ofStep), Object.values(step.pushes), `pushes of ${step.name}`);
      const [first, ...others] = new Set(Object.values(step.regions ?? step.pushes ?? {}));
      assert.equal(step.status, others.length === 0 ? first : undefined);
      if (/-(bound|cured)$/.test(step.name)) assert.ok(step.eventId, `${step.name} was started by an event`);
      if (!step.eventId) continue;
      const delivered = rows.filter(({ kind, eventId }) => kind === 'delivery' && eventId === step.eventId);
      assert.ok(
        delivered.some(({ status = 0 }) => status >= 200 && status < 300),
        `event of ${step.name}`,
      );
    }
    assert.deepEqual(
      rows.filter(({ step }) => step === undefined || !names.includes(step)),
      [],
    );
  });

  it('shows each push fail, the finding and the question on Slack, a yes by ann, and delivery in both regions', () => {
    const [first = '', second = ''] = Object.keys(stepOf('iap-on').regions ?? {});
    assert.deepEqual(stepOf('push-regional').pushes, { [first]: 200, [second]: 401 });
    assert.deepEqual(stepOf('push-iap').pushes, { [first]: 401, [second]: 401 });
    const cures = {
      'push-regional-cured': { rules: ['regional-audience'], writes: 3 },
      'push-iap-cured': { rules: ['push-audience-mismatch', 'push-caller-not-admitted'], writes: 2 },
    };
    for (const [name, { rules, writes }] of Object.entries(cures)) {
      const { pushes, slack, ...step } = stepOf(name);
      assert.deepEqual(pushes, { [first]: 200, [second]: 200 });
      assert.equal(step.writes, writes);
      const asked = slack.findIndex(({ buttons }) => buttons.join() === 'Approve,Reject');
      assert.match(slack[asked]?.title ?? '', /^May Sallyport do this/);
      for (const rule of rules) {
        assert.ok(slack.slice(0, asked).some(({ title }) => title === `HIGH: ${rule}`));
        assert.ok(slack.slice(asked + 1).some(({ title, edited }) => title === `Fixed: ${rule}` && edited));
      }
      assert.ok(slack.slice(asked + 1).some(({ title }) => title.startsWith('Approved and done')));
    }
  });

  it('sweeps by Scheduler and workflow, and leaves the report that it names', () => {
    const sweep = readRows(logOf('whole')).filter(({ step }) => step === 'sweep');
    assert.ok(
      sweep.some(({ method = '' }) => method.endsWith('.executions.create')),
      'an execution was started',
    );
    assert.ok(stepOf('sweep').slack.some(({ title }) => title.startsWith('Sweep of 1 project')));
    const { report } = stepOf('report');
    assert.match(readFileSync(report?.file ?? '', 'utf8'), /All 3 access paths are compliant/);
    assert.ok(stepOf('report').slack.some(({ title }) => title.startsWith('Compliance report of')));
  });

  it('exits 1 at the step that needs the grant when the writer drops it', () => {
    assert.equal(broken.code, 1, broken.stderr);
    const { steps, ok } = parseStory(broken);
    assert.equal(ok, false);
    assert.deepEqual(
      steps.map(({ name, ok }) => [name, ok]),
      [
        ['iap-on', true],
        ['iap-on-bound', false],
      ],
    );
    assert.equal(steps[1]?.status, 403);
  });

  it('has other names with another seed; Ctrl-C in the middle ends every process, with 130', async () => {
    const log = logOf('other');
    const one = start(['start', '--once', '--json', '--seed', '8', '--log', log]);
    await reached(log, 'iap-on-bound');
    const family = one.family();
    assert.ok(family.length >= 9, 'sallyport and its eight functions');
    process.kill(one.pid, 'SIGINT');
    assert.equal((await one.ended).code, 130);
    assert.deepEqual(findAlive(family), []);
    assert.deepEqual(one.leftovers(), []);

    const [seven, eight] = [namesIn(readRows(logOf('whole'))), namesIn(readRows(log))];
    for (const key of ['project', 'service', 'regions'] as const) {
      assert.ok(seven[key] && eight[key]);
      assert.notEqual(seven[key], eight[key], key);
    }
  });

  it('ends every process when a terminal’s Ctrl-C reaches npm and all below it, while it still starts', async () => {
    const one = start(['start', '--', '--once'], { npm: true });
    let family = one.family();
    // npm, its shell, sallyport, and at least one function.
    for (let waited = 0; family.length < 4 && waited < 20_000; waited += 50) {
      await wait(50);
      family = one.family();
    }
    process.kill(-one.pid, 'SIGINT');
    const { code, signal } = await one.ended;
    assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`);
    assert.deepEqual(findAlive(family), []);
    assert.deepEqual(one.leftovers(), []);
  });
});

/** What the first push of each message of the topic was answered, in the order of publishing; those of earlier steps are others. */
function firstPushes(rows: readonly Row[]): readonly (number | undefined)[] {
  return rows.filter(({ kind, attempt }) => kind === 'push' && attempt === 1).map(({ status }) => status);
}

/** npm says first what it runs; the story is the last line. */
function parseStory({ stdout, stderr }: Ended): Story {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  assert.ok(line.startsWith('{'), stderr);
  return storySchema.parse(JSON.parse(line));
}

function readRows(file: string): readonly Row[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => rowSchema.parse(JSON.parse(line)));
}

/** What the user got last in each region. */
function lastStatuses(rows: readonly Row[]): Record<string, number | undefined> {
  const visits = rows.filter(({ kind }) => kind === 'front-door');
  return Object.fromEntries(visits.map(({ region, status }) => [region ?? '', status]));
}

function namesIn(rows: readonly Row[]): { project?: string; service?: string; regions?: string } {
  const paths = rows.map(({ url = '' }) =>
    /\/projects\/([^/]+)\/locations\/([^/]+)\/services\/([^/:?]+):setIamPolicy/.exec(url),
  );
  const found = paths.filter((path) => path !== null);
  const regions = [...new Set(found.map(([, , region]) => region))].sort().join();
  const { 1: project, 3: service } = found[0] ?? [];
  return { ...(project && service ? { project, service } : {}), regions };
}

/** Resolves when a step has begun and a policy has been written in it. */
async function reached(log: string, step: string): Promise<void> {
  for (let waited = 0; waited < 40_000; waited += 50) {
    const isThere = existsSync(log) && readFileSync(log, 'utf8').includes(`"step":"${step}"`);
    if (isThere && readFileSync(log, 'utf8').includes(':setIamPolicy')) return;
    await wait(50);
  }
  assert.fail(`${step} was not reached`);
}
