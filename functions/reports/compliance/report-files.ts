import { createHash } from 'node:crypto';
import { stringify } from 'csv-stringify/sync';
import { describeChange } from '../../actions/index.ts';
import { renderScanCsv } from '../scan-csv.ts';
import type { ComplianceReport } from './compliance-report.ts';
import { renderHtml } from './html/render-html.ts';

/** One file of a report. */
export interface ReportFile {
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

/**
 * All files of a report. The manifest names the SHA-256 and size of every other one and comes last: a folder without it is
 * a report that was not finished. Pure.
 */
export function buildReportFiles(report: ComplianceReport): readonly ReportFile[] {
  const files = [
    { name: 'report.html', contentType: 'text/html; charset=utf-8', text: renderHtml(report) },
    { name: 'report.json', contentType: 'application/json', text: `${JSON.stringify(report, null, 2)}\n` },
    { name: 'findings.csv', contentType: 'text/csv; charset=utf-8', text: renderScanCsv(report.scan) },
    { name: 'changes.csv', contentType: 'text/csv; charset=utf-8', text: renderChangesCsv(report) },
  ];
  const manifest = {
    schema: 'sallyport.manifest/v1',
    reportId: report.id,
    generatedAt: new Date(report.generatedAt).toISOString(),
    settingsHash: report.settingsHash,
    files: files.map(({ name, text }) => ({
      name,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  };
  return [
    ...files,
    { name: 'manifest.json', contentType: 'application/json', text: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
}

/** One row a change, with formulas kept as text (RFC 4180, CRLF). */
function renderChangesCsv({ history }: ComplianceReport): string {
  const rows = (history?.changes ?? []).map((change) => ({
    id: change.id,
    at: new Date(change.at).toISOString(),
    project: change.project,
    resource: change.change.resource,
    change: describeChange(change.change),
    outcome: change.result?.outcome ?? 'unknown',
    code: change.result?.code ?? '',
    approvedBy: change.approvedBy ?? '',
    findings: change.findingIds.join('; '),
  }));
  const columns = ['id', 'at', 'project', 'resource', 'change', 'outcome', 'code', 'approvedBy', 'findings'];
  return stringify(rows, { header: true, columns, escape_formulas: true, record_delimiter: 'windows' });
}
