import assert from 'node:assert/strict';
import { parseSettings } from '../../../functions/config.ts';
import { evaluate } from '../../../functions/core/evaluate.ts';
import { renderScanCsv } from '../../../functions/reports/scan-csv.ts';
import { buildScanReport } from '../../../functions/reports/scan-report.ts';
import { inventory } from '../../support/estate.ts';

const estate = {
  ...inventory({}),
  unreadable: [
    { resource: '=HYPERLINK("http://evil.example")', code: 'malformed-line', message: '+1 line, "quoted"\nand broken' },
  ],
};
const report = buildScanReport(estate, evaluate(estate, { settings: parseSettings({}) }));

describe('scan as CSV', () => {
  const lines = renderScanCsv(report).split('\r\n');

  it('has a header and a row for each finding, each gap and each rule that nobody answered', () => {
    assert.match(lines[0] ?? '', /^kind,id,severity,rule,mode,project,region,resource,/);
    const kinds = lines.slice(1).map((line) => line.split(',')[0]);
    assert.equal(kinds.filter((kind) => kind === 'finding').length, report.findings.length);
    assert.equal(kinds.filter((kind) => kind === 'unreadable').length, report.unreadable.length);
    assert.equal(kinds.filter((kind) => kind === 'not-evaluated').length, report.notEvaluated.length);
  });

  it('keeps text that looks like a formula as text', () => {
    const text = renderScanCsv(report);
    assert.ok(text.includes(`"'=HYPERLINK(""http://evil.example"")"`), text);
    assert.ok(text.includes(`"'+1 line, ""quoted""\nand broken"`));
  });
});
