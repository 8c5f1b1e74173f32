import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readExport } from '../../../../functions/adapters/export-reader/read-export.ts';
import { parseSettings } from '../../../../functions/config.ts';
import { evaluate } from '../../../../functions/core/evaluate.ts';
import { buildScanReport } from '../../../../functions/reports/scan-report.ts';

const folder = 'test/fixtures/scan';

// The expected files were written by hand from the contract, not by this code: two ways to the same answer.
describe('scan of an asset export, estate by estate', () => {
  for (const name of readdirSync(folder)) {
    it(`says of ${name} what the contract says`, async () => {
      const file = `${folder}/${name}/estate.ndjson`;
      const expected: unknown = JSON.parse(
        readFileSync(`${folder}/${name}/expected.json`, 'utf8').replaceAll('FILE:', `${file}:`),
      );
      assert.deepEqual(await scan(file), expected);
    });
  }
});

async function scan(file: string): Promise<unknown> {
  const inventory = await readExport([file]);
  const report = buildScanReport(inventory, evaluate(inventory, { settings: parseSettings(undefined) }));
  return {
    inheritance: report.source.inheritance,
    summary: report.summary,
    findings: report.findings.map(({ id, rule, severity, mode, project, region, resource, subject, via }) => ({
      id,
      rule,
      severity,
      mode,
      project,
      region,
      resource,
      subject,
      via,
    })),
    unreadable: report.unreadable.map(({ resource, code }) => ({ resource, code })),
    // The other rules have tables of their own.
    notEvaluated: report.notEvaluated.filter(({ reason }) => reason !== 'rule-not-implemented'),
  };
}
