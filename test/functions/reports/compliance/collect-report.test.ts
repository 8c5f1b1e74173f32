import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { collectReport } from '../../../../functions/reports/compliance/collect-report.ts';
import { renderHtml } from '../../../../functions/reports/compliance/html/render-html.ts';
import { inventory, policy, service } from '../../../support/estate.ts';
import { buildMemoryWorld } from '../../../support/memory-world.ts';

const shop = service();
const estate = inventory({ policies: [[shop, policy()]] });
const event = {
  reason: 'event',
  actor: 'bob@acme.example',
  resource: shop.name,
  method: 'google.cloud.run.v1.Services.SetIamPolicy',
} as const;
const request = {
  id: 'r1',
  projects: ['acme-prod'],
  unreadableProjects: [],
  inventory: estate,
  writtenBy: 'a test',
  periodMs: 30 * 86_400_000,
};

describe('what a compliance report is made of', () => {
  it('names who caused what, as a scan does', async () => {
    const ledger = await openSqliteLedger(':memory:');
    const world = buildMemoryWorld(estate, { ledger, settings: { modes: { '*': 'observe' } } });
    await reconcile({ project: 'acme-prod', runId: 'one', ...event }, world);
    const report = await collectReport({ ...request, withHistory: true }, world);
    assert.deepEqual(
      report.scan.findings.map(({ actor }) => actor),
      ['bob@acme.example'],
    );
    assert.match(renderHtml(report), /caused by bob@acme\.example/);
    await ledger.close();
  });

  it('remembers nothing of an estate that is not the ledger’s', async () => {
    const ledger = await openSqliteLedger(':memory:');
    const world = buildMemoryWorld(estate, { ledger, settings: { modes: { '*': 'observe' } } });
    await reconcile({ project: 'acme-prod', runId: 'one', ...event }, world);
    const report = await collectReport({ ...request, withHistory: false }, world);
    assert.deepEqual([report.history, report.scan.findings[0]?.actor], [undefined, undefined]);
    await ledger.close();
  });
});
