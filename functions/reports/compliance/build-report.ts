import type { Settings } from '../../config.ts';
import type { Change } from '../../core/change/change.ts';
import type { Evaluation } from '../../core/evaluate.ts';
import { compareText, type Finding, severityRank } from '../../core/finding.ts';
import type { Inventory } from '../../core/inventory.ts';
import type { Pause } from '../../core/ledger.ts';
import type { Approval, FindingStay, Sweep } from '../../core/people.ts';
import { buildScanReport } from '../scan-report.ts';
import type { ComplianceReport, ReportedExemption, ReportedPath } from './compliance-report.ts';
import { countDays } from './count-days.ts';
import { listAtOnce, weighRepairs } from './weigh-repairs.ts';

export interface ReportInput
  extends Pick<
    ComplianceReport,
    'id' | 'generatedAt' | 'period' | 'settingsHash' | 'writtenBy' | 'projects' | 'unreadableProjects'
  > {
  readonly inventory: Inventory;
  readonly evaluation: Evaluation;
  readonly settings: Pick<Settings, 'exemptions'>;
  /** Absent where there is no ledger. */
  readonly remembered?: Remembered;
}

/** What the ledger has of the period. */
export interface Remembered {
  readonly stays: readonly FindingStay[];
  readonly changes: readonly Change[];
  readonly approvals: readonly Approval[];
  readonly sweeps: readonly Sweep[];
  readonly pauses: readonly Pause[];
}

const dayMs = 86_400_000;

/** The report as one value. Its numbers are those of the scan; nothing that was not read counts as compliant. Pure. */
export function buildReport(input: ReportInput): ComplianceReport {
  const { inventory, evaluation, settings, remembered, ...given } = input;
  const { period } = given;
  return {
    schema: 'sallyport.report/v1',
    ...given,
    scan: buildScanReport(inventory, evaluation),
    paths: listPaths(evaluation),
    ...(remembered
      ? {
          history: {
            ...remembered,
            days: countDays([...remembered.stays, ...listAtOnce(remembered)], period),
            repairs: weighRepairs(remembered, period),
          },
        }
      : {}),
    exemptions: listExemptions(settings, evaluation, given.generatedAt),
  };
}

function listPaths({ paths, findings, unreadable }: Evaluation): readonly ReportedPath[] {
  const worstOf = worstByResource(findings);
  const unread = new Set(unreadable.map(({ resource }) => resource));
  return paths
    .map(({ service, through }): ReportedPath => {
      const worst = worstOf.get(service.name);
      const isBad = worst !== undefined && severityRank[worst] <= severityRank.high;
      const state = unread.has(service.name) ? 'unreadable' : isBad ? 'not-compliant' : 'compliant';
      return {
        ...(through ? { backend: through.backend.name } : {}),
        service: service.name,
        region: service.region,
        state,
        ...(worst === undefined ? {} : { worst }),
      };
    })
    .sort((a, b) => compareText(a.backend ?? '', b.backend ?? '') || compareText(a.service, b.service));
}

function worstByResource(findings: readonly Finding[]): ReadonlyMap<string, Finding['severity']> {
  const worst = new Map<string, Finding['severity']>();
  for (const { resource, severity } of findings) {
    const held = worst.get(resource);
    if (held === undefined || severityRank[severity] < severityRank[held]) worst.set(resource, severity);
  }
  return worst;
}

function listExemptions(
  { exemptions }: Pick<Settings, 'exemptions'>,
  { exempt }: Evaluation,
  now: number,
): readonly ReportedExemption[] {
  return exemptions.map(({ rule, resource, subject, owner, reason, expires, expiresAt }) => ({
    rule,
    resource,
    ...(subject === undefined ? {} : { subject }),
    owner,
    reason,
    expires,
    daysLeft: Math.ceil((expiresAt - now) / dayMs),
    covers: exempt.filter(
      (one) => one.finding.rule === rule && one.owner === owner && one.reason === reason && one.expires === expires,
    ).length,
  }));
}
