import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAccountEmail } from '../../cli/account-email.ts';
import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';
import { buildApprovalId, hashPlan } from '../../functions/core/approval/hash-plan.ts';
import type { Ledger } from '../../functions/core/ledger.ts';
import type { Approval } from '../../functions/core/people.ts';
import type { PlannedChange } from '../../functions/core/plan/planned-change.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../support/sandbox-google.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const shop = '//run.googleapis.com/projects/acme-prod/locations/europe-west1/services/shop';
const revoke = (member: string, resource = shop): PlannedChange => ({
  change: { capability: 'revoke-invoker', kind: 'remove', resource, role: 'roles/run.invoker', members: [member] },
  findingIds: ['f'],
  trial: false,
});
const question = (changes: readonly PlannedChange[], over: Partial<Approval> = {}): Approval => {
  const askedAt = over.askedAt ?? Date.now() - 2 * 3_600_000;
  const planHash = hashPlan(changes);
  const id = buildApprovalId(planHash, askedAt);
  const expiresAt = askedAt + 24 * 3_600_000;
  return { id, project: 'acme-prod', planHash, changes, askedAt, expiresAt, state: 'waiting', ...over };
};

describe('sallyport approve', function () {
  this.timeout(30_000);
  let folder: string;
  const file = () => join(folder, 'ledger.db');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-approve-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const approve = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => run('approve', args, env);

  async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [main, command, '--ledger', file(), ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, stdout, stderr };
  }
  async function inLedger<T>(work: (ledger: Ledger) => Promise<T>): Promise<T> {
    const ledger = await openSqliteLedger(file());
    try {
      return await work(ledger);
    } finally {
      await ledger.close();
    }
  }
  const ask = (asked: Approval) => inLedger(async (ledger) => (await ledger.askApproval(asked)).approval);
  const find = ({ id }: Approval) => inLedger((ledger) => ledger.findApproval(id));

  it('lists what waits, with every line, its age and its end', async () => {
    const asked = await ask(question([revoke('allUsers'), revoke('user:\u001b[2Jeve@acme.example')]));
    const { status, stdout } = await approve([]);
    assert.equal(status, 0);
    assert.ok(stdout.startsWith(`${asked.id}  acme-prod  2 changes  asked 2 h ago, expires in 22 h\n`), stdout);
    assert.ok(stdout.includes(`\n  - revoke roles/run.invoker on ${shop} from allUsers\n`), stdout);
    assert.ok(stdout.includes('user:\\x1b[2Jeve@acme.example'), 'a name moves the cursor');
    const json = JSON.parse((await approve(['--json'])).stdout);
    assert.deepEqual([json.schema, json.approvals[0].id], ['sallyport.approvals/v1', asked.id]);
    assert.equal(json.approvals[0].lines.length, 2);
    assert.equal(json.approvals[0].callbackUrl, undefined);
  });

  it('says that nothing waits', async () => {
    assert.match((await approve([])).stdout, /^No question waits in /);
    assert.deepEqual(JSON.parse((await approve(['--json'])).stdout).approvals, []);
  });

  it('takes a yes by the beginning of an id, keeps whose it is, and says who makes the changes', async () => {
    const asked = await ask(question([revoke('allUsers')]));
    const { status, stdout } = await approve([asked.id.slice(0, 4), '--yes', '--by', 'ann@acme.example']);
    assert.equal(status, 0);
    assert.match(stdout, /approved by ann@acme.example\nThe next run of Sallyport makes the changes/);
    const now = await find(asked);
    assert.deepEqual([now?.state, now?.decision?.by], ['approved', 'ann@acme.example']);
  });

  it('takes a no with its reason, which leaves a hold', async () => {
    const asked = await ask(question([revoke('allUsers')]));
    const { stdout } = await approve([asked.id, '--reject', '--why', 'fair', '--by', 'ann@acme.example']);
    assert.match(stdout, /rejected by ann@acme.example\n$/);
    assert.equal((await find(asked))?.state, 'rejected');
    const [hold] = await inLedger((ledger) => ledger.holds('acme-prod', Date.now()));
    assert.equal(hold?.reason, `ann@acme.example said no to ${asked.id}: fair`);
  });

  it('wants to know who answers, and asks before it says yes', async () => {
    const asked = await ask(question([revoke('allUsers')]));
    const nobody = await approve([asked.id, '--yes']);
    assert.deepEqual([nobody.status, nobody.stderr.includes('--by you@example.com')], [2, true]);
    assert.equal((await approve([asked.id, '--by', 'ann@acme.example'])).status, 2);
    assert.equal((await find(asked))?.state, 'waiting');
    const folderOf = join(folder, '.config/gcloud/configurations');
    mkdirSync(folderOf, { recursive: true });
    writeFileSync(join(folderOf, 'config_default'), '[core]\naccount = bob@acme.example\n');
    await approve([asked.id, '--yes']);
    assert.equal((await find(asked))?.decision?.by, 'bob@acme.example');
  });

  for (const args of [['--yes'], ['--reject'], ['--apply'], ['x', '--json', '--yes'], ['x', '--reject', '--apply']]) {
    it(`refuses ${args.join(' ')}`, async () => assert.equal((await approve(args)).status, 2));
  }
  it('refuses a reason without a no', async () =>
    assert.equal((await approve(['x', '--yes', '--why', 'y'])).status, 2));

  it('says that an id is unknown, or the beginning of several', async () => {
    const one = await ask(question([revoke('allUsers')]));
    await ask({ ...one, id: `${one.id}0`, project: 'other-prod' });
    for (const id of ['nothing', one.id.slice(0, 4)]) {
      const { status, stderr } = await approve([id, '--yes']);
      assert.deepEqual([status, stderr.includes('[approval-unknown]')], [3, true], id);
    }
    assert.equal((await approve([one.id, '--yes', '--by', 'ann'])).status, 0, 'a whole id is clear');
  });

  it('says by whom and when a question was answered', async () => {
    const asked = await ask(question([revoke('allUsers')]));
    await approve([asked.id, '--yes', '--by', 'ann@acme.example']);
    const { status, stderr } = await approve([asked.id, '--reject', '--by', 'bob@acme.example']);
    assert.equal(status, 3);
    assert.match(stderr, /was approved by ann@acme\.example at \d{4}-.*it stays so\. \[approval-over\]/);
  });

  it('says that a question has expired', async () => {
    const asked = await ask(question([revoke('allUsers')], { expiresAt: Date.now() - 1 }));
    const { status, stderr } = await approve([asked.id, '--yes', '--by', 'ann']);
    assert.deepEqual([status, stderr.includes('has expired')], [3, true]);
    assert.match((await approve([])).stdout, /^No question waits/);
  });

  it('shows the new list where another one is planned by now', async () => {
    const asked = await ask(question([revoke('allUsers')]));
    const next = await ask(question([revoke('user:eve@acme.example')], { askedAt: Date.now() }));
    const { status, stdout, stderr } = await approve([asked.id, '--yes', '--by', 'ann']);
    assert.equal(status, 3);
    assert.match(stdout, /Asked now:[\s\S]*from user:eve@acme\.example/);
    assert.match(stderr, new RegExp(`\\[approval-changed\\]\\n {2}sallyport approve ${next.id}\n`));
    assert.equal((await find(next))?.state, 'waiting');
  });

  it('does not apply with settings that would end the approval', async () => {
    const asked = await ask(question([revoke('allUsers')]));
    const { status, stderr } = await approve([asked.id, '--yes', '--apply', '--by', 'ann']);
    assert.deepEqual([status, stderr.includes('revoke-invoker off')], [2, true]);
    assert.equal((await find(asked))?.state, 'waiting');
  });

  describe('with --apply, in the local Google Cloud', () => {
    let google: SandboxGoogle;
    before(async () => {
      google = await startSandboxGoogle();
    });
    after(() => google.stop());

    it('makes the changes at once, and undo --list says who approved them', async () => {
      const { projectId, backend, regions, service, iapAgent } = google.estate;
      const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
      assert.ok(record);
      record['iap'] = { enabled: true };
      google.sandbox.cloud.serviceAccounts.add(iapAgent.replace('serviceAccount:', ''));
      const name = `projects/${projectId}/locations/${regions[0]}/services/${service}`;
      const bindings = [{ role: 'roles/run.invoker', members: [iapAgent, 'allUsers'] }];
      google.sandbox.cloud.policies.set(name, { etag: 'BwYAAAAAAAE=', bindings });
      const settings = join(folder, 'sallyport.yaml');
      const timing = { propagationSeconds: 0, removalSettleSeconds: 0 };
      writeFileSync(settings, JSON.stringify({ capabilities: ['grant-invoker', 'revoke-invoker'], timing }));
      const asked = await ask(question([revoke('allUsers', `//run.googleapis.com/${name}`)], { project: projectId }));
      const env = {
        SALLYPORT_SANDBOX_URL: google.sandbox.url,
        GCE_METADATA_HOST: process.env['GCE_METADATA_HOST'] ?? '',
      };
      const { status, stdout, stderr } = await approve([asked.id, '--yes', '--apply', '--by', 'ann@acme.example'], env);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /removed allUsers on .* \(approved by ann@acme\.example\)/);
      assert.deepEqual(google.sandbox.cloud.policies.get(name)?.bindings?.[0]?.members, [iapAgent]);
      assert.equal((await find(asked))?.state, 'applied');
      const listed = (await run('undo', ['--list'], env)).stdout
        .split('\n')
        .filter((line) => line.includes('allUsers'));
      assert.match(listed[0] ?? '', /\(approved by ann@acme\.example\)/);
    });
  });
});

describe('who answers', () => {
  it('is gcloud’s active account, and the service account of a key where gcloud has none', () => {
    const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'));
    try {
      assert.equal(findAccountEmail({}, home), undefined);
      const key = join(home, 'key.json');
      writeFileSync(key, '{"client_email": "ci@acme.iam.gserviceaccount.com"}');
      assert.equal(findAccountEmail({ GOOGLE_APPLICATION_CREDENTIALS: key }, home), 'ci@acme.iam.gserviceaccount.com');
      const gcloud = join(home, '.config/gcloud');
      mkdirSync(join(gcloud, 'configurations'), { recursive: true });
      writeFileSync(join(gcloud, 'active_config'), 'work\n');
      const ini = '[compute]\naccount = no@acme.example\n[core]\nproject = x\naccount = ann@acme.example\n\n[run]\n';
      writeFileSync(join(gcloud, 'configurations/config_work'), ini);
      assert.equal(findAccountEmail({}, home), 'ann@acme.example');
      assert.equal(findAccountEmail({ CLOUDSDK_CORE_ACCOUNT: 'bob@acme.example' }, home), 'bob@acme.example');
      assert.equal(findAccountEmail({ CLOUDSDK_ACTIVE_CONFIG_NAME: 'other' }, home), undefined);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
