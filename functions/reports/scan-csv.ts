import { stringify } from 'csv-stringify/sync';
import type { ScanReport } from './scan-report.ts';

const columns = [
  'kind',
  'id',
  'severity',
  'rule',
  'mode',
  'project',
  'region',
  'resource',
  'subject',
  'message',
  'hint',
  'via',
  'gcloud',
  'note',
] as const;

type Row = { readonly kind: 'finding' | 'exempt' | 'unreadable' | 'not-evaluated' } & {
  readonly [column in (typeof columns)[number]]?: string;
};

/**
 * A scan as CSV with a header (RFC 4180, CRLF): one row a finding, and one for each thing that was not read or evaluated,
 * so that a spreadsheet without findings does not look clean. Text that a spreadsheet would run as a formula stays text.
 */
export function renderScanCsv(report: ScanReport): string {
  const rows: readonly Row[] = [
    ...report.findings.map((finding): Row => ({ ...pick(finding), kind: 'finding' })),
    ...report.exempt.map(({ finding, owner, reason, expires }): Row => {
      return { ...pick(finding), kind: 'exempt', note: `until ${expires}, ${owner}: ${reason}` };
    }),
    ...report.unreadable.map(
      ({ resource, code, message }): Row => ({ kind: 'unreadable', resource, rule: code, message }),
    ),
    ...report.notEvaluated.map(({ rule, reason, resource }): Row => {
      return { kind: 'not-evaluated', rule, message: reason, ...(resource === undefined ? {} : { resource }) };
    }),
  ];
  return stringify([...rows], {
    header: true,
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

function pick(finding: ScanReport['findings'][number]): Omit<Row, 'kind'> {
  const { id, severity, rule, mode, project, region, resource, subject, message, hint, via, fix, note } = finding;
  return {
    ...{ id, severity, rule, mode, project, region, resource, subject, message, hint },
    via: via.join('; '),
    gcloud: fix.gcloud.join('; '),
    ...(note === undefined ? {} : { note }),
  };
}
