import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  status: z.number().optional(),
  region: z.string().optional(),
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

  const start = (...[args, options]: Parameters<typeof startSallyport>) => {
    const one = startSallyport(args, options);
    started.push(one);
    return one;
  };

  it('tells the whole story, exits 0 within 60 s and leaves nothing behind', () => {
    assert.equal(whole.code, 0, whole.stderr);
    assert.deepEqual(
      story.steps.map(({ name }) => name),
      names,
    );
    assert.ok(story.ok && story.steps.every(({ ok }) => ok));
    assert.ok(whole.ms < 60_000, `${whole.ms} ms`);
    for (const one of started) assert.deepEqual(one.leftovers(), []);
  });

  it('gives statuses, event ids and counts of calls that are found again in the request log', () => {
    const rows = readRows(logOf('whole'));
    for (const step of story.steps) {
      const ofStep = rows.filter((row) => row.step === step.name);
      const calls = ofStep.filter(
        ({ kind, caller = '' }) => kind === 'api' && /^sallyport-(events|reconcile)@/.test(caller),
      );
      assert.equal(calls.length, step.calls, `calls of ${step.name}`);
      const writes = calls.filter(({ method = '', status }) => method.endsWith('.setIamPolicy') && status === 200);
      assert.equal(writes.length, step.writes, `writes of ${step.name}`);
      assert.deepEqual(lastStatuses(ofStep), step.regions, `statuses of ${step.name}`);
      const [first, ...others] = new Set(Object.values(step.regions ?? {}));
      assert.equal(step.status, others.length === 0 ? first : undefined);
      if (step.name.endsWith('-bound')) assert.ok(step.eventId, `${step.name} was started by an event`);
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
    assert.ok(family.length >= 3, 'sallyport and its two functions');
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
  return Object.fromEntries(visits.map(({ region = '', status }) => [region, status]));
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
