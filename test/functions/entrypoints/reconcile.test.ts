import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { type RunningFunction, startFunction } from '../../../sandbox/functions-host.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

const root = join(import.meta.dirname, '../../..');

describe('the reconcile function on the Functions Framework, in the local Google Cloud', () => {
  let google: SandboxGoogle;
  let running: RunningFunction;
  let folder: string;
  const log: Readonly<Record<string, unknown>>[] = [];

  before(async () => {
    google = await startSandboxGoogle();
    folder = mkdtempSync(join(tmpdir(), 'sallyport-reconcile-'));
    running = await startFunction({
      target: 'reconcile',
      sourceFile: join(root, 'functions/main.ts'),
      signatureType: 'http',
      env: {
        SALLYPORT_SANDBOX_URL: google.sandbox.url,
        GCE_METADATA_HOST: process.env['GCE_METADATA_HOST'] ?? '',
        GOOGLE_CLOUD_PROJECT: google.estate.projectId,
        SALLYPORT_LEDGER: join(folder, 'ledger.db'),
      },
      onLog: (entry) => log.push(entry),
    });
    const { projectId, backend, iapAgent } = google.estate;
    const record = google.sandbox.cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
    assert.ok(record);
    record['iap'] = { enabled: true };
    google.sandbox.cloud.serviceAccounts.add(iapAgent.replace('serviceAccount:', ''));
    google.forgetCalls();
  });
  after(async () => {
    await running.stop();
    rmSync(folder, { recursive: true });
    await google.stop();
  });

  async function post(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(running.url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: Object(await response.json()) };
  }

  const run = (reason: 'event' | 'sweep') => post({ project: google.estate.projectId, reason });

  it('grants IAP’s agent the invoker role in both regions, with 5 + K + G calls, and remembers it', async () => {
    const reply = await run('event');
    assert.equal(reply.status, 200);
    assert.equal(reply.body['outcome'], 'fixed', JSON.stringify(log));
    const { projectId, regions, service, iapAgent } = google.estate;
    for (const region of regions) {
      const policy = google.sandbox.cloud.policies.get(`projects/${projectId}/locations/${region}/services/${service}`);
      assert.deepEqual(policy?.bindings, [{ role: 'roles/run.invoker', members: [iapAgent] }]);
    }
    // Look-up, three lists, project policy; a policy read and a write a service: the base is younger than 5 s.
    assert.equal(google.calls().length, 5 + 2 + 2, google.calls().join('\n'));
    const ledger = await openSqliteLedger(join(folder, 'ledger.db'));
    assert.equal((await ledger.changesSince(0)).filter(({ result }) => result?.outcome === 'applied').length, 2);
    await ledger.close();
  });

  it('writes nothing the second time', async () => {
    google.forgetCalls();
    assert.equal((await run('event')).body['outcome'], 'clean');
    assert.ok(google.calls().length <= 6 + 2);
    assert.deepEqual(
      google.calls().filter((call) => call.endsWith('setIamPolicy')),
      [],
    );
  });

  it('asks IAP whom it lets in on a sweep: backend, type and project', async () => {
    google.forgetCalls();
    await run('sweep');
    assert.equal(google.calls().filter((call) => call === 'iap.getIamPolicy').length, 3);
  });

  it('answers 200 to what is no task, so that the queue does not repeat it', async () => {
    assert.deepEqual(await post({ hello: 'world' }), { status: 200, body: { code: 'bad-request' } });
    assert.ok(log.some(({ severity, error }) => severity === 'ERROR' && Object(error).code === 'bad-request'));
  });

  it('asks Google nothing about a project outside its scope', async () => {
    google.forgetCalls();
    assert.deepEqual((await post({ project: 'somebody-elses', reason: 'event' })).body, { outcome: 'out-of-scope' });
    assert.deepEqual(google.calls(), []);
  });
});
