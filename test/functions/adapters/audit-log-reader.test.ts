import assert from 'node:assert/strict';
import { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import { run_v1 } from 'googleapis/build/src/apis/run/v1.js';
import { createAuditLogReader, type LogRequest } from '../../../functions/adapters/audit-log-reader.ts';
import { createWorld } from '../../../functions/adapters/create-world.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { createLog } from '../../../functions/adapters/log.ts';
import { parseSettings } from '../../../functions/config.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import { AppError } from '../../../functions/errors.ts';
import { authOf } from '../../sandbox/apis/running-sandbox.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

describe('audit log reader, with @google-cloud/logging against the local Google Cloud', () => {
  let google: SandboxGoogle;
  let resource: string;

  beforeEach(async () => {
    google = await startSandboxGoogle();
    const { projectId, regions, service, iapAgent } = google.estate;
    resource = `projects/${projectId}/locations/${regions[0]}/services/${service}`;
    google.sandbox.cloud.serviceAccounts.add(iapAgent.replace('serviceAccount:', ''));
  });
  afterEach(() => google.stop());

  const reader = () => createAuditLogReader({ client: () => google.clients.logging() });
  async function setPolicy(...members: readonly string[]): Promise<void> {
    const run = await google.clients.run();
    const bindings = members.length === 0 ? [] : [{ role: 'roles/run.invoker', members: [...members] }];
    await run.projects.locations.services.setIamPolicy({ resource, requestBody: { policy: { bindings } } });
  }

  it('reads who set which policy, newest first, by one call', async () => {
    const { iapAgent, reconcileAccount, projectId } = google.estate;
    await setPolicy(iapAgent);
    await setPolicy();
    google.forgetCalls();
    const { changes, isWhole } = await reader().readChanges(projectId, 0);
    assert.deepEqual(google.calls(), ['logging.entries.list']);
    assert.equal(isWhole, true);
    const left = await (await google.clients.run()).projects.locations.services.getIamPolicy({ resource });
    assert.equal(changes[0]?.etag, left.data.etag, 'the version that the newest change left');
    assert.deepEqual(
      changes.map(({ actor, kind, verb, resource: name, policy }) => [actor, kind, verb, name, policy?.bindings ?? []]),
      [
        [reconcileAccount, 'run-policy', 'SetIamPolicy', `//run.googleapis.com/${resource}`, []],
        [
          reconcileAccount,
          'run-policy',
          'SetIamPolicy',
          `//run.googleapis.com/${resource}`,
          [{ role: 'roles/run.invoker', members: [iapAgent] }],
        ],
      ],
    );
  });

  it('reads what a load-balancer change sent, flags and lists too', async () => {
    const { projectId, backend } = google.estate;
    const compute = new compute_v1.Compute({
      rootUrl: `${google.sandbox.url}/`,
      auth: authOf('admin@example.com') as never,
    });
    const requestBody = { iap: { enabled: true }, enableCDN: false };
    await compute.backendServices.patch({ project: projectId, backendService: backend, requestBody });
    const { changes } = await reader().readChanges(projectId, 0);
    const first = changes.find(({ sent }) => sent?.['iap'] !== undefined);
    assert.deepEqual([first?.kind, first?.verb, first?.sent?.['enableCDN']], ['backend', 'patch', false]);
    assert.deepEqual(first?.sent?.['iap'], { enabled: true });
  });

  it('always bounds the time itself', async () => {
    let asked: LogRequest | undefined;
    const spy = createAuditLogReader({
      client: async () => ({
        readPayload: () => undefined,
        async listLogEntries(request) {
          asked = request;
          return [[], null, { nextPageToken: 'more' }];
        },
      }),
    });
    const { isWhole } = await spy.readChanges('acme-prod', Date.parse('2026-11-20T10:00:00Z'));
    assert.match(asked?.filter ?? '', /timestamp>="2026-11-20T10:00:00\.000Z"/);
    assert.deepEqual(
      [asked?.pageSize, asked?.orderBy, asked?.resourceNames],
      [1000, 'timestamp desc', ['projects/acme-prod']],
    );
    assert.ok((asked?.filter.length ?? 0) < 20_000, 'Google takes no longer filter');
    assert.equal(isWhole, false);
  });

  it('leaves out what is older than asked for', async () => {
    await setPolicy(google.estate.iapAgent);
    const { changes } = await reader().readChanges(google.estate.projectId, Date.now() + 3_600_000);
    assert.deepEqual(changes, []);
  });

  it('says which role is missing when it may not read', async () => {
    const { projectId, reconcileAccount } = google.estate;
    google.sandbox.cloud.policies.set(`projects/${projectId}`, {
      etag: 'BwYAAAAAAAE=',
      bindings: [{ role: 'roles/run.admin', members: [`serviceAccount:${reconcileAccount}`] }],
    });
    await assert.rejects(reader().readChanges(projectId, 0), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'read-denied');
      assert.match(error.hint ?? '', /roles\/logging\.viewer/);
      return true;
    });
  });

  it('waits no longer than it is told', async () => {
    const slow = createAuditLogReader({
      client: async () => ({ readPayload: () => undefined, listLogEntries: () => new Promise(() => undefined) }),
      timeoutMs: 20,
    });
    await assert.rejects(slow.readChanges('acme-prod', 0), /did not answer within 0\.02 s/);
  });

  it('is no failure of the run when the client cannot be made', async () => {
    const broken = createAuditLogReader({ client: () => Promise.reject(new Error('no login')) });
    await assert.rejects(broken.readChanges('acme-prod', 0), { code: 'read-failed' });
  });

  it('lets a sweep name who removed the grant', async () => {
    const { projectId, regions, iapAgent } = google.estate;
    for (const [key, record] of google.sandbox.cloud.compute) {
      if (key.includes('/backendServices/')) Object.assign(record, { iap: { enabled: true } });
    }
    const ledger = await openSqliteLedger(':memory:');
    const log = createLog({ write: () => undefined });
    const sweep = async (settings: unknown, runId: string) => {
      const world = createWorld({ settings: parseSettings(settings), ledger, log, clients: google.clients });
      return reconcile({ project: projectId, reason: 'sweep', runId }, world);
    };
    assert.equal((await sweep({}, 'one')).changes.length, regions.length);
    const bob = new run_v1.Run({ rootUrl: `${google.sandbox.url}/`, auth: authOf('admin@example.com') as never });
    await bob.projects.locations.services.setIamPolicy({ resource, requestBody: { policy: { bindings: [] } } });
    const { findings } = await sweep({ modes: { '*': 'observe' } }, 'two');
    const missing = findings.filter(({ rule }) => rule === 'iap-invoker-missing');
    assert.deepEqual(
      missing.map(({ subject, actor, note }) => [subject, actor, note]),
      [[iapAgent, 'admin@example.com', undefined]],
    );
    assert.equal(
      (await ledger.openFindings(projectId)).find(({ finding }) => finding.id === missing[0]?.id)?.finding.actor,
      'admin@example.com',
    );
    await ledger.close();
  });

  it('lets a sweep name who removed the grant that it mends at once', async () => {
    const { projectId } = google.estate;
    for (const [key, record] of google.sandbox.cloud.compute) {
      if (key.includes('/backendServices/')) Object.assign(record, { iap: { enabled: true } });
    }
    const ledger = await openSqliteLedger(':memory:');
    const log = createLog({ write: () => undefined });
    const settings = parseSettings({ slack: { channel: 'C0SECURITY' } });
    const world = createWorld({ settings, ledger, log, clients: google.clients });
    const sweep = (runId: string) => reconcile({ project: projectId, reason: 'sweep', runId }, world);
    await sweep('one');
    await ledger.claimNotices('test', 100, Date.now(), 60_000);
    const bob = new run_v1.Run({ rootUrl: `${google.sandbox.url}/`, auth: authOf('admin@example.com') as never });
    await bob.projects.locations.services.setIamPolicy({ resource, requestBody: { policy: { bindings: [] } } });
    const { changes, findings } = await sweep('two');
    assert.deepEqual([changes.length, findings], [1, []]);
    const told = await ledger.claimNotices('test', 100, Date.now(), 60_000);
    assert.deepEqual(
      told.map(({ content }) => content.kind === 'finding' && [content.state, content.actor]),
      [['fixed', 'admin@example.com']],
    );
    await ledger.close();
  });
});
