import assert from 'node:assert/strict';
import { createWorld } from '../../../functions/adapters/create-world.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { createLog } from '../../../functions/adapters/log.ts';
import { parseSettings } from '../../../functions/config.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import { AppError } from '../../../functions/errors.ts';
import { type SandboxGoogle, startSandboxGoogle } from '../../support/sandbox-google.ts';

describe('the live world', () => {
  let google: SandboxGoogle;

  beforeEach(async () => {
    google = await startSandboxGoogle();
    for (const [key, record] of google.sandbox.cloud.compute) {
      if (key.includes('/backendServices/')) Object.assign(record, { iap: { enabled: true } });
    }
    google.sandbox.cloud.serviceAccounts.add(google.estate.iapAgent.slice('serviceAccount:'.length));
  });
  afterEach(() => google.stop());

  const run = async (dryRun: boolean) => {
    const ledger = await openSqliteLedger(':memory:');
    const settings = parseSettings({});
    const world = createWorld({
      settings,
      ledger,
      dryRun,
      clients: google.clients,
      log: createLog({ write: () => undefined }),
    });
    try {
      const result = await reconcile({ project: google.estate.projectId, reason: 'manual', runId: 'run' }, world);
      return { result, remembered: (await ledger.changesSince(0)).length };
    } finally {
      await ledger.close();
    }
  };
  const writes = () => google.calls().filter((method) => method.endsWith('.setIamPolicy')).length;

  it('writes what is missing, and remembers it', async () => {
    const { result, remembered } = await run(false);
    assert.deepEqual([result.outcome, writes(), remembered], ['fixed', 2, 2]);
  });

  it('gives a function a writer for its own capabilities only, whatever the settings switch on', async () => {
    const ledger = await openSqliteLedger(':memory:');
    const log = createLog({ write: () => undefined });
    const parts = { settings: parseSettings({}), ledger, clients: google.clients, log };
    const world = createWorld({ ...parts, capabilities: ['revoke-invoker'] });
    assert.deepEqual(world.capabilities, [], 'what settings switch off stays off');
    const { projectId, regions, service, iapAgent } = google.estate;
    const resource = `//run.googleapis.com/projects/${projectId}/locations/${regions[0]}/services/${service}`;
    const edit = { kind: 'add', resource, role: 'roles/run.invoker', members: [iapAgent] } as const;
    const isRefused = (error: unknown) => error instanceof AppError && error.code === 'write-refused';
    await assert.rejects(world.writer.changePolicy({ capability: 'grant-invoker', ...edit }), isRefused);
    assert.equal(writes(), 0);
    const { elsewhere } = await reconcile({ project: projectId, reason: 'manual', runId: 'run' }, world);
    assert.deepEqual([elsewhere, writes()], [['grant-invoker'], 0]);
    await ledger.close();
  });

  it('in a dry run prepares the same changes, writes none of them and remembers nothing', async () => {
    const { result, remembered } = await run(true);
    assert.deepEqual([result.changes.length, writes(), remembered], [2, 0, 0]);
  });
});
