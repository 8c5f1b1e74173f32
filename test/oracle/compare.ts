import type { OracleReport } from './oracle-types.ts';

/** The parts of a `sallyport.scan/v1` report that the oracle knows too. */
export interface ComparableReport {
  readonly source: { readonly inheritance: string };
  readonly summary: OracleReport['summary'];
  readonly findings: readonly OracleReport['findings'][number][];
  readonly unreadable: readonly { readonly resource: string; readonly code: string }[];
  readonly notEvaluated: readonly { readonly rule: string; readonly reason: string; readonly resource?: string }[];
}

/**
 * What differs, one text a difference, `oracle` and `product` named; empty where both say the same. Findings are
 * compared in their order (CONTRACT 4 fixes it); `unreadable` and `notEvaluated` without one.
 */
export function compareReports(oracle: OracleReport, product: ComparableReport): readonly string[] {
  const differences: string[] = [];
  compare('inheritance', [oracle.inheritance], [product.source.inheritance], differences);
  compare('summary', flatSummary(oracle.summary), flatSummary(product.summary), differences);
  const wanted = oracle.findings.map(findingText);
  const got = product.findings.map(findingText);
  compare('finding', wanted, got, differences);
  if (differences.length === 0 && wanted.join('\n') !== got.join('\n')) {
    differences.push(
      `order of findings:\n  oracle  ${wanted.join('\n          ')}\n  product ${got.join('\n          ')}`,
    );
  }
  compare('unreadable', oracle.unreadable.map(unreadText), product.unreadable.map(unreadText), differences);
  compare('notEvaluated', oracle.notEvaluated.map(gapText), product.notEvaluated.map(gapText), differences);
  return differences;
}

/** Compares two lists as multisets. */
function compare(what: string, oracle: readonly string[], product: readonly string[], differences: string[]): void {
  const left = [...product];
  for (const one of oracle) {
    const index = left.indexOf(one);
    if (index < 0) differences.push(`${what} only the oracle has: ${one}`);
    else left.splice(index, 1);
  }
  for (const one of left) differences.push(`${what} only the product has: ${one}`);
}

function flatSummary({ findings, ...counts }: OracleReport['summary']): readonly string[] {
  const all: Record<string, number> = { ...counts, ...findings };
  const names = [
    'projects',
    'backendServices',
    'iapSecuredBackends',
    'services',
    'accessPaths',
    'compliantAccessPaths',
  ];
  return [...names, 'critical', 'high', 'medium', 'low', 'info'].map((name) => `${name} ${all[name]}`);
}

function findingText(finding: OracleReport['findings'][number]): string {
  const { id, rule, severity, mode, project, region, resource, subject, via } = finding;
  return JSON.stringify({ rule, severity, mode, project, region, resource, subject, via, id });
}

function unreadText({ resource, code }: { readonly resource: string; readonly code: string }): string {
  return `${code} ${resource}`;
}

function gapText({
  rule,
  reason,
  resource,
}: {
  readonly rule: string;
  readonly reason: string;
  readonly resource?: string;
}) {
  return `${rule} ${reason} ${resource ?? ''}`;
}
