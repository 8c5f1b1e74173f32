import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import type { Approval } from '../../../functions/core/people.ts';
import { createReconcileHandler } from '../../../functions/entrypoints/reconcile-handler.ts';
import { sendDueNotices } from '../../../functions/entrypoints/send-due-notices.ts';
import { type RunningFunction, startFunction } from '../../../sandbox/functions-host.ts';
import { type SlackStandIn, startSlack } from '../../../sandbox/slack/start-slack.ts';
import { agent, grant, inventory, policy, service } from '../../support/estate.ts';
import { type FakeGoogle, startFakeGoogle } from '../../support/fake-google.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../support/memory-world.ts';

const root = join(import.meta.dirname, '../../..');
const queue = 'projects/ops/locations/l/queues/sallyport';
const channel = 'C0SECURITY';
const shop = service();
const settings = {
  scope: { include: ['acme-*'] },
  capabilities: ['grant-invoker', 'revoke-invoker'],
  timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
  slack: { channel, approvers: ['U0ANN'] },
};

describe('a button in Slack, pressed through the real slack-action function', function () {
  this.timeout(30_000);
  let google: FakeGoogle;
  let slack: SlackStandIn;
  let action: RunningFunction;
  let folder: string;
  let ledger: Ledger;
  let world: MemoryWorld;
  const log: Readonly<Record<string, unknown>>[] = [];
  const names = new Set<string>();
  const tasks: unknown[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-slack-action-'));
    const settingsFile = join(folder, 'sallyport.yaml');
    writeFileSync(settingsFile, JSON.stringify(settings));
    google = await startFakeGoogle(({ path, body }) => {
      if (path.endsWith('/token')) return { status: 200, body: { access_token: 'local', expires_in: 3600 } };
      const { task } = Object(body);
      if (names.has(task.name)) return { status: 409 };
      names.add(task.name);
      tasks.push(JSON.parse(Buffer.from(task.httpRequest.body, 'base64').toString()));
      return { status: 200, body: {} };
    });
    slack = await startSlack({ isLimited: false });
    action = await startFunction({
      target: 'slack-action',
      sourceFile: join(root, 'functions/main.ts'),
      signatureType: 'http',
      env: {
        SALLYPORT_SANDBOX_URL: google.url,
        GCE_METADATA_HOST: google.host,
        SALLYPORT_SETTINGS: settingsFile,
        SALLYPORT_QUEUE: queue,
        SALLYPORT_RECONCILE_URL: 'http://127.0.0.1:9/',
        SALLYPORT_TASKS_SERVICE_ACCOUNT: 'tasks@ops.iam.gserviceaccount.com',
        SLACK_SIGNING_SECRET: slack.signingSecret,
      },
      onLog: (entry) => log.push(entry),
    });
    slack.setActionUrl(action.url);
  });
  after(async () => {
    await action.stop();
    await Promise.all([slack.stop(), google.stop()]);
    rmSync(folder, { recursive: true });
  });

  let file = 0;
  const ledgerFile = () => join(folder, `ledger-${file}.db`);
  beforeEach(async () => {
    log.length = 0;
    tasks.length = 0;
    file += 1;
    ledger = await openSqliteLedger(ledgerFile(), () => world.time);
    world = buildMemoryWorld(inventory({ policies: [[shop, policy(grant(agent, 'user:ann@acme.example'))]] }), {
      ledger,
      settings,
    });
    // The stand-in signs with the real clock; approval ids are made of the time.
    world.time = Date.now() - 60_000;
    await post({ project: 'acme-prod', reason: 'sweep' });
    world.time += 1000;
    await post({ project: 'acme-prod', reason: 'sweep' });
  });
  afterEach(() => ledger.close());

  const env = () => ({
    SLACK_BOT_TOKEN: slack.token,
    SLACK_API_URL: slack.apiUrl,
    SALLYPORT_SANDBOX_URL: google.url,
  });
  let runs = 0;
  async function post(body: unknown): Promise<Readonly<Record<string, unknown>>> {
    const timing = {
      random: () => 1,
      async sleep(ms: number) {
        world.time += ms;
      },
    };
    const handle = createReconcileHandler({
      world,
      ownProject: { id: 'ops', number: '1' },
      projectId: async (name) => name,
      deadLetters: undefined,
      maxAttempts: undefined,
      newRunId: () => `run-${file}-${++runs}`,
      sendDueNotices: () => sendDueNotices({ world, queue: undefined, env: env(), timing }),
    });
    const reply = await handle({ body, retryCount: 0 });
    assert.equal(reply.status, 200, JSON.stringify([reply.body, world.lines.slice(-3)]));
    return reply.body;
  }
  /** What the queue does with what slack-action put into it. */
  const work = async () => {
    const done = [];
    for (const task of tasks.splice(0)) done.push(await post(task));
    return done;
  };
  const question = async (): Promise<Approval> => {
    const [asked] = await ledger.approvals({ state: 'waiting' });
    assert.ok(asked, JSON.stringify(world.lines));
    return asked;
  };
  const message = async (id: string) => {
    const ts = (await ledger.findNotice(`approval:${id}`))?.ts ?? '';
    const found = slack.store.find(channel, ts);
    assert.ok(found, 'the question is in Slack');
    return found;
  };
  const press = async (over: Partial<Parameters<SlackStandIn['press']>[0]> = {}) => {
    const { ts } = await message((await question()).id);
    return slack.press({ channel, ts, actionId: 'sallyport-approve', user: 'U0ANN', ...over });
  };
  /** The whole ledger, byte for byte: SQLite's log is brought into the file first. */
  const everything = async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(ledgerFile(), { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    const rows = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]);
    database.close();
    return JSON.stringify(rows);
  };
  const refusals = () => log.filter(({ code }) => code === 'slack-action-refused').map(({ why }) => why);

  it('approves: the change is made, the approver is named, and the buttons are gone', async () => {
    const asked = await question();
    assert.match(JSON.stringify((await message(asked.id)).blocks), /sallyport-approve/);
    const { status, body } = await press();
    assert.deepEqual([status, body], [200, '']);
    const [task] = tasks;
    assert.deepEqual(task, {
      reason: 'decision',
      approvalId: asked.id,
      planHash: asked.planHash,
      approved: true,
      by: 'slack:U0ANN (ann)',
    });
    await work();
    assert.deepEqual(world.policies.get(shop.name)?.bindings?.[0]?.members, [agent]);
    const { blocks } = await message(asked.id);
    assert.ok(!JSON.stringify(blocks).includes('sallyport-approve'));
    assert.match(JSON.stringify(blocks), /slack:U0ANN \(ann\)/);
  });

  it('rejects: nothing is changed, and it is not asked again at once', async () => {
    const asked = await question();
    await press({ actionId: 'sallyport-reject' });
    await work();
    assert.equal((await ledger.findApproval(asked.id))?.state, 'rejected');
    await post({ project: 'acme-prod', reason: 'sweep' });
    assert.deepEqual(await ledger.approvals({ state: 'waiting' }), []);
    assert.equal(world.writes.length, 0);
  });

  it('forged: refused, and the ledger is unchanged', async () => {
    const before = await everything();
    const { status, body } = await press({ forged: true });
    assert.deepEqual([status, body], [401, '']);
    assert.deepEqual([tasks, refusals()], [[], ['forged']]);
    assert.equal(await everything(), before);
  });

  it('6 minutes old: refused, and the ledger is unchanged', async () => {
    const before = await everything();
    assert.equal((await press({ ageSeconds: 360 })).status, 401);
    assert.equal((await press({ ageSeconds: -360 })).status, 401);
    assert.deepEqual([tasks, refusals()], [[], ['too-old', 'too-old']]);
    assert.equal(await everything(), before);
  });

  it('pressed twice: the second press changes nothing, and the ledger is unchanged by it', async () => {
    const asked = await question();
    const { sent } = await press();
    await work();
    const decided = await everything();
    assert.equal((await ledger.findApproval(asked.id))?.decision?.by, 'slack:U0ANN (ann)');
    const again = await slack.replay(sent);
    assert.equal(again.status, 200);
    assert.deepEqual(tasks, [], 'the queue has that task already');
    assert.equal(await everything(), decided);
    // Also where the queue has forgotten the name, and where the second answer is another one.
    const { id, planHash } = asked;
    const answer = { reason: 'decision', approvalId: id, planHash, approved: false, by: 'slack:U0BOB (bob)' };
    assert.equal((await post(answer))['outcome'], 'already-decided');
    assert.equal(await everything(), decided);
    assert.match(slack.whispers.at(-1) ?? '', /answered already/);
  });

  it('by a stranger: refused, told so, and the ledger is unchanged', async () => {
    const before = await everything();
    const { status, body } = await press({ user: 'U0STRANGER' });
    assert.deepEqual([status, body], [200, '']);
    assert.deepEqual([tasks, refusals()], [[], ['not-an-approver']]);
    assert.equal(await everything(), before);
    assert.match(slack.whispers.at(-1) ?? '', /not on the list/);
  });

  it('after the state changed: nothing is approved, and the ledger is unchanged by it', async () => {
    const asked = await question();
    const { ts } = await message(asked.id);
    const stale = slack.store.find(channel, ts);
    assert.ok(stale);
    // Another person has got in meanwhile: the list is another one, and the old question is over.
    world.policies.set(shop.name, policy(grant(agent, 'user:ann@acme.example', 'user:bob@acme.example')));
    world.time += 1000;
    await post({ project: 'acme-prod', reason: 'sweep' });
    const next = await question();
    assert.notEqual(next.planHash, asked.planHash);
    assert.ok(!JSON.stringify((await message(asked.id)).blocks).includes('sallyport-approve'), 'its buttons are gone');
    const before = await everything();
    // A client that still shows the buttons.
    slack.store.replace(channel, ts, { blocks: stale.blocks });
    assert.equal((await slack.press({ channel, ts, actionId: 'sallyport-approve', user: 'U0ANN' })).status, 200);
    assert.equal((await work())[0]?.['outcome'], 'changed-since');
    assert.equal(await everything(), before);
    assert.equal(world.writes.length, 0);
  });

  it('is answered within 3 s, and with nothing, when the queue does not answer', async () => {
    const { ts } = await message((await question()).id);
    const { url } = google;
    const broken = await startFunction({
      target: 'slack-action',
      sourceFile: join(root, 'functions/main.ts'),
      signatureType: 'http',
      env: {
        SALLYPORT_SANDBOX_URL: url,
        GCE_METADATA_HOST: '127.0.0.1:9',
        SALLYPORT_SETTINGS: join(folder, 'sallyport.yaml'),
        SALLYPORT_QUEUE: queue,
        SALLYPORT_RECONCILE_URL: 'http://127.0.0.1:9/',
        SALLYPORT_TASKS_SERVICE_ACCOUNT: 'tasks@ops.iam.gserviceaccount.com',
        SLACK_SIGNING_SECRET: slack.signingSecret,
      },
    });
    slack.setActionUrl(broken.url);
    const before = performance.now();
    try {
      const { status, body } = await slack.press({ channel, ts, actionId: 'sallyport-approve', user: 'U0ANN' });
      assert.deepEqual([status, body], [503, '']);
      assert.ok(performance.now() - before < 3000);
    } finally {
      slack.setActionUrl(action.url);
      await broken.stop();
    }
  });

  it('carries no secret into its log', () => {
    const text = JSON.stringify(log);
    assert.ok(!text.includes(slack.signingSecret) && !text.includes(slack.token));
    assert.ok(readFileSync(join(folder, 'sallyport.yaml'), 'utf8').includes('U0ANN'));
  });

  it('unpacks nothing that a stranger sends: a small body cannot fill its memory', async function () {
    if (process.platform !== 'linux') {
      process.stderr.write('skipped: only Linux tells how much memory a process has used\n');
      this.skip();
    }
    const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${action.pid}/status`, 'utf8'))?.[1]) / 1024;
    const before = peak();
    for (const [encoding, pack] of [
      ['gzip', gzipSync],
      ['GZIP', gzipSync],
      ['deflate', deflateSync],
    ] as const) {
      const body = pack(Buffer.alloc(150 * 1024 * 1024, 'a'));
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': encoding };
      assert.equal((await fetch(action.url, { method: 'POST', headers, body })).status, 401);
    }
    assert.ok(peak() - before < 100, `${before} MB, then ${peak()} MB`);
  });

  it('does not read what is too long for a press', async () => {
    const body = Buffer.alloc(20 * 1024 * 1024, 'a');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal((await fetch(action.url, { method: 'POST', headers, body })).status, 401);
    assert.ok(JSON.stringify(log).includes('slack-action-refused'));
  });
});
