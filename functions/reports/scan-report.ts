import type { Evaluation } from '../core/evaluate.ts';
import { compareFindings, compareText, type Finding, type Severity } from '../core/finding.ts';
import type { Inheritance, Inventory, NotEvaluated, Unreadable } from '../core/inventory.ts';
import type { ExemptFinding } from '../core/settings/exemptions.ts';
import { contractRules, needReasons } from '../rules/contract-rules.ts';
import { rules } from '../rules/index.ts';

/** The answer of `scan --format json` (CONTRACT 4). Fields may be added; their meaning and names stay. */
export interface ScanReport {
  readonly schema: 'sallyport.scan/v1';
  readonly source: {
    readonly kind: 'live' | 'asset-export';
    readonly files?: readonly string[];
    readonly inheritance: Inheritance;
  };
  readonly summary: ScanSummary;
  readonly findings: readonly Finding[];
  /** Findings that settings exempt, and by whose decision; not among `findings`, and not counted. */
  readonly exempt: readonly ExemptFinding[];
  readonly unreadable: readonly Unreadable[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface ScanSummary {
  readonly projects: number;
  readonly backendServices: number;
  readonly iapSecuredBackends: number;
  /** Distinct services on an access path. */
  readonly services: number;
  readonly accessPaths: number;
  /** Paths whose service has no finding of high or critical and nothing unreadable. */
  readonly compliantAccessPaths: number;
  readonly findings: Readonly<Record<Severity, number>>;
}

export interface ScanReportOptions {
  /** Ids of the rules that were run; all that exist unless told otherwise. */
  readonly evaluatedRules?: readonly string[];
}

/** What was found, in the words and the order of the contract, with all that could not be read or answered. Pure. */
export function buildScanReport(
  inventory: Inventory,
  evaluation: Evaluation,
  { evaluatedRules = rules.map(({ id }) => id) }: ScanReportOptions = {},
): ScanReport {
  const { source } = inventory;
  return {
    schema: 'sallyport.scan/v1',
    source: {
      kind: source.kind,
      ...(source.kind === 'asset-export' ? { files: source.files } : {}),
      inheritance: source.inheritance,
    },
    summary: buildSummary(inventory, evaluation),
    findings: [...evaluation.findings].sort(compareFindings),
    exempt: evaluation.exempt,
    unreadable: [...evaluation.unreadable].sort(
      (a, b) => compareText(a.resource, b.resource) || compareText(a.code, b.code),
    ),
    notEvaluated: listNotEvaluated(source.kind, evaluation.notEvaluated, evaluatedRules),
  };
}

function buildSummary(inventory: Inventory, { paths, findings, unreadable }: Evaluation): ScanSummary {
  const bad = new Set(unreadable.map(({ resource }) => resource));
  for (const { severity, resource } of findings) {
    if (severity === 'critical' || severity === 'high') bad.add(resource);
  }
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return {
    projects: inventory.projects.size,
    backendServices: inventory.backends.length,
    iapSecuredBackends: inventory.backends.filter(({ iapEnabled }) => iapEnabled).length,
    services: new Set(paths.map(({ service }) => service.name)).size,
    accessPaths: paths.length,
    compliantAccessPaths: paths.filter(({ service }) => !bad.has(service.name)).length,
    findings: counts,
  };
}

/** What the sources said, and every rule of the contract that nobody has answered: for a reason of its own, or as not built yet. */
function listNotEvaluated(
  source: 'live' | 'asset-export',
  given: readonly NotEvaluated[],
  evaluatedRules: readonly string[],
): readonly NotEvaluated[] {
  const entries = new Map<string, NotEvaluated>();
  const add = (entry: NotEvaluated): void => {
    entries.set([entry.rule, entry.reason, entry.resource ?? ''].join('\n'), entry);
  };
  for (const entry of given) add(entry);
  add({ rule: '*', reason: 'deny-policies-not-read' });
  for (const { id, needs } of contractRules) {
    if (evaluatedRules.includes(id) || given.some(({ rule, resource }) => rule === id && resource === undefined))
      continue;
    const unanswerable = needs === 'write' || needs === 'ledger' || (needs && source === 'asset-export');
    add({ rule: id, reason: unanswerable ? needReasons[needs] : 'rule-not-implemented' });
  }
  return [...entries.values()].sort(
    (a, b) =>
      compareText(a.rule, b.rule) || compareText(a.reason, b.reason) || compareText(a.resource ?? '', b.resource ?? ''),
  );
}
