import type { Severity } from '../core/finding.ts';
import type { NotEvaluated } from '../core/inventory.ts';
import type { ExemptFinding } from '../core/settings/exemptions.ts';
import type { PlanCheck, PlanFinding, PlanService, PlanUnknown } from '../core/terraform-plan/check-plan.ts';
import type { Door } from '../core/terraform-plan/plan-rules.ts';

/** The answer of `check-plan --format json`. Fields may be added; their meaning and names stay. */
export interface CheckPlanReport {
  readonly schema: 'sallyport.check-plan/v1';
  readonly source: {
    readonly kind: 'terraform-plan';
    readonly file: string;
    readonly terraformVersion: string;
    /** Grants that are made outside this Terraform are in no plan. */
    readonly inheritance: 'partial';
  };
  readonly summary: CheckPlanSummary;
  /** The services that IAP is to enter, and what is wrong with their doors after apply. */
  readonly services: readonly PlanService[];
  readonly findings: readonly PlanFinding[];
  readonly exempt: readonly ExemptFinding[];
  /** What comes with apply and decides about a door: nothing is said of it, good or bad. */
  readonly unknown: readonly PlanUnknown[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface CheckPlanSummary {
  readonly backendServices: number;
  readonly iapSecuredBackends: number;
  readonly accessPaths: number;
  readonly services: number;
  /** Services with at least one such door; `in-order` have none. */
  readonly doors: Readonly<Record<Door | 'in-order', number>>;
  readonly findings: Readonly<Record<Severity, number>>;
}

/** What a plan leads to, counted. Pure. */
export function buildCheckPlanReport(check: PlanCheck, file: string): CheckPlanReport {
  const { services, findings, exempt, unknown, notEvaluated } = check;
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  const withDoor = (door: Door) => services.filter(({ doors }) => doors.includes(door)).length;
  return {
    schema: 'sallyport.check-plan/v1',
    source: { kind: 'terraform-plan', file, terraformVersion: check.terraformVersion, inheritance: 'partial' },
    summary: {
      backendServices: check.backendServices,
      iapSecuredBackends: check.iapSecuredBackends,
      accessPaths: check.accessPaths,
      services: services.length,
      doors: {
        shut: withDoor('shut'),
        'by-passed': withDoor('by-passed'),
        public: withDoor('public'),
        unknown: withDoor('unknown'),
        'in-order': services.filter(({ doors }) => doors.length === 0).length,
      },
      findings: counts,
    },
    services,
    findings,
    exempt,
    unknown,
    notEvaluated,
  };
}
