import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Approval, ApprovalState } from '../../../functions/core/people.ts';
import { type RunningFunction, startFunction } from '../../../sandbox/functions-host.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

const root = join(import.meta.dirname, '../../..');
const role = 'roles/run.invoker';
const by = 'slack:U1 (ann)';

describe('an approval, through the reconcile function and the local Google Cloud', () => {
  let google: SandboxGoogle;
  let running: RunningFunction;
  let folder: string;
  const log: Readonly<Record<string, unknown>>[] = [];

  beforeEach(async () => {
    log.length = 0;
    google = await startSandboxGoogle();
    folder = mkdtempSync(join(tmpdir(), 'sallyport-approval-'));
    writeFileSync(join(folder, 'sallyport.yaml'), JSON.stringify(settings));
    const { projectId, backend, iapAgent } = google.estate;
    const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    record['iap'] = { enabled: true };
    google.sandbox.cloud.serviceAccounts.add(iapAgent.replace('serviceAccount:', ''));
    setMembers(iapAgent, 'allUsers');
    running = await startFunction({
      target: 'reconcile',
      sourceFile: join(root, 'functions/main.ts'),
      signatureType: 'http',
      env: {
        SALLYPORT_SANDBOX_URL: google.sandbox.url,
        GCE_METADATA_HOST: process.env['GCE_METADATA_HOST'] ?? '',
        GOOGLE_CLOUD_PROJECT: projectId,
        SALLYPORT_LEDGER: join(folder, 'ledger.db'),
        SALLYPORT_SETTINGS: join(folder, 'sallyport.yaml'),
      },
      onLog: (entry) => log.push(entry),
    });
  });
  afterEach(async () => {
    await running.stop();
    rmSync(folder, { recursive: true });
    await google.stop();
  });

  const settings = {
    capabilities: ['grant-invoker', 'revoke-invoker'],
    modes: { '*': 'approve' },
    timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
  };

  function policyName(): string {
    const { projectId, regions, service } = google.estate;
    return `projects/${projectId}/locations/${regions[0]}/services/${service}`;
  }

  /** What somebody with a console does, in the first region. */
  function setMembers(...members: string[]): void {
    const before = google.sandbox.cloud.policies.get(policyName());
    const etag = Buffer.from(`theirs-${members.length}`).toString('base64');
    google.sandbox.cloud.policies.set(policyName(), { ...before, etag, bindings: [{ role, members }] });
  }

  const members = () => google.sandbox.cloud.policies.get(policyName())?.bindings?.[0]?.members;

  async function post(body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(running.url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200, JSON.stringify(log));
    return Object(await response.json());
  }

  const sweep = () => post({ project: google.estate.projectId, reason: 'sweep' });
  const step = (name: string, { id }: Approval, more = {}) =>
    post({ reason: 'approval', step: name, project: google.estate.projectId, approvalId: id, ...more });
  const decide = ({ id, planHash }: Approval) =>
    post({ reason: 'decision', approvalId: id, planHash, approved: true, by });

  async function approvals(state?: ApprovalState): Promise<readonly Approval[]> {
    const ledger = await openSqliteLedger(join(folder, 'ledger.db'));
    const found = await ledger.approvals(state ? { state } : {});
    await ledger.close();
    return found;
  }

  async function question(): Promise<Approval> {
    const [asked] = await approvals('waiting');
    assert.ok(asked, `nobody is asked: ${JSON.stringify(log)}`);
    return asked;
  }

  const lines = ({ changes }: Approval) =>
    changes.flatMap(({ change }) => ('members' in change ? change.members.map((one) => `${change.kind} ${one}`) : []));

  it('is asked for by its exact list, and what somebody said yes to is made: nothing before, nothing twice', async () => {
    const { iapAgent, projectId } = google.estate;
    assert.equal((await sweep())['outcome'], 'waiting');
    const asked = await question();
    // The second region's service has no grant and, in this settings' mode, nobody grants unasked.
    assert.deepEqual(lines(asked).sort(), [`add ${iapAgent}`, 'remove allUsers']);
    assert.deepEqual(members(), [iapAgent, 'allUsers']);

    const callbackUrl = `${google.sandbox.url}/v1/projects/${projectId}/locations/us-central1/workflows/approval/executions/e/callbacks/c`;
    assert.equal((await step('ask', asked, { callbackUrl }))['state'], 'waiting');
    assert.equal((await question()).callbackUrl, callbackUrl);
    const decided = await decide(asked);
    // No execution waits at that address: the answer is acted on all the same.
    assert.deepEqual([decided['outcome'], decided['state']], ['decided', 'applied']);
    assert.ok(log.some(({ code }) => code === 'approval-workflow-failed'));
    assert.deepEqual(members(), [iapAgent]);
    assert.equal((await step('act', asked, { callbackUrl: '' }))['state'], 'applied');
    assert.equal((await sweep())['outcome'], 'clean');

    const ledger = await openSqliteLedger(join(folder, 'ledger.db'));
    const changes = await ledger.changesSince(0);
    await ledger.close();
    assert.deepEqual(
      changes.map(({ approvedBy, result }) => [approvedBy, result?.outcome]),
      [
        [by, 'applied'],
        [by, 'applied'],
      ],
    );
  });

  it('asks again for what is new between question and answer, and makes what was approved', async () => {
    const { iapAgent } = google.estate;
    await sweep();
    const asked = await question();
    setMembers(iapAgent, 'allUsers', 'user:eve@acme.example');
    assert.equal((await decide(asked))['outcome'], 'decided');
    assert.deepEqual(members(), [iapAgent, 'user:eve@acme.example']);
    assert.deepEqual(lines(await question()), ['remove user:eve@acme.example']);
  });

  it('takes no answer to a question that another list has replaced: the ledger stays as it is', async () => {
    const { iapAgent } = google.estate;
    await sweep();
    const asked = await question();
    setMembers(iapAgent, 'allUsers', 'user:eve@acme.example');
    await sweep();
    const before = await approvals();
    assert.deepEqual((await decide(asked))['outcome'], 'changed-since');
    assert.deepEqual(await approvals(), before);
    assert.equal((await step('act', asked))['state'], 'superseded');
    assert.deepEqual(members(), [iapAgent, 'allUsers', 'user:eve@acme.example']);
  });
});
