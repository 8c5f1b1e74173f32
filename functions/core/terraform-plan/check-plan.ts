import type { Settings } from '../../config.ts';
import { evaluate } from '../evaluate.ts';
import { compareText, type Finding } from '../finding.ts';
import type { NotEvaluated } from '../inventory.ts';
import type { ExemptFinding } from '../settings/exemptions.ts';
import { buildPlanInventory } from './build-plan-inventory.ts';
import { describePlanFinding } from './describe-plan-finding.ts';
import { listPlanGaps } from './list-plan-gaps.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanGap } from './plan-gap.ts';
import { type Door, doorOf, planNotEvaluated, planRules } from './plan-rules.ts';
import { type PlanView, writtenName } from './plan-view.ts';
import type { Location } from './terraform-source.ts';

/** What a plan leads to: the doors of each service that IAP is to enter, and what is not known before apply. */
export interface PlanCheck {
  readonly terraformVersion: string;
  readonly services: readonly PlanService[];
  readonly findings: readonly PlanFinding[];
  readonly exempt: readonly ExemptFinding[];
  readonly unknown: readonly PlanUnknown[];
  readonly notEvaluated: readonly NotEvaluated[];
  readonly backendServices: number;
  readonly iapSecuredBackends: number;
  readonly accessPaths: number;
}

/** A place in Terraform. */
export interface Place {
  readonly address: string;
  /** Absent where the source was not found. */
  readonly location?: Location;
}

export interface PlanService extends Place {
  /** Full resource name. */
  readonly resource: string;
  /** What is wrong with its doors; empty = they are in order. */
  readonly doors: readonly Door[];
}

/** A finding, and the resource of the plan that has to change. */
export interface PlanFinding extends Finding, Partial<Place> {
  readonly door?: Door;
  /** Other resources that it is about. */
  readonly related: readonly Place[];
}

export interface PlanUnknown extends Partial<Place> {
  readonly code: PlanGap['code'] | string;
  readonly message: string;
  readonly hint?: string;
  /** Full resource names; empty = nobody can tell which. */
  readonly services: readonly string[];
}

export interface CheckPlanOptions {
  readonly settings: Settings;
  /** As reports name the plan. */
  readonly file: string;
  /** Milliseconds since the epoch; without it no exemption holds. */
  readonly now?: number;
}

/** Evaluates the rules on the estate after apply. Where an answer hangs on a value that comes with apply, that is said instead. Pure. */
export function checkPlan(view: PlanView, { settings, file, now }: CheckPlanOptions): PlanCheck {
  const planned = buildPlanInventory(view, file);
  const { inventory } = planned;
  const evaluation = evaluate(inventory, { settings, rules: planRules, ...(now === undefined ? {} : { now }) });
  const { paths } = evaluation;
  const needsClientId = settings.identity.use === 'oauth-client';
  const { gaps, notEvaluated } = listPlanGaps({ view, planned, paths, needsClientId });
  const hidden = new Set(gaps.filter(({ hidesGrants }) => hidesGrants).flatMap(({ services }) => services));
  const isCertain = (finding: Finding): boolean => {
    if (grantRules.has(finding.rule)) return !hidden.has(finding.resource);
    return finding.rule !== 'oauth-client-untrusted' || planned.numbers.isKnown(finding.project);
  };
  const findings = evaluation.findings.filter(isCertain).map((finding): PlanFinding => {
    const { places, ...rest } = describePlanFinding(view, planned, finding);
    const [first, ...related] = places.map((resource) => placeOf(view, resource));
    const door = doorOf(finding);
    return { ...rest, ...(door ? { door } : {}), ...first, related };
  });
  const unknown: PlanUnknown[] = [
    ...gaps.map((gap) => toUnknown(view, gap)),
    ...evaluation.unreadable.map(({ resource, code, message }) => ({
      code,
      message,
      services: planned.services.has(resource) ? [resource] : [],
    })),
  ];
  const names = [...new Set(paths.map(({ service }) => service.name))].sort(compareText);
  return {
    terraformVersion: view.plan.terraformVersion,
    services: names.flatMap((name) => {
      const service = planned.services.get(name);
      if (!service) return [];
      const behind = paths.filter((path) => path.service.name === name).map(({ through }) => through?.backend.name);
      const doors = listDoors([name, ...behind], findings, unknown);
      return [{ resource: name, ...placeOf(view, service.resource), doors }];
    }),
    findings,
    exempt: evaluation.exempt.filter(({ finding }) => isCertain(finding)),
    unknown: unknown.sort((a, b) => compareText(a.address ?? '', b.address ?? '') || compareText(a.message, b.message)),
    notEvaluated: sortNotEvaluated([...planNotEvaluated, ...evaluation.notEvaluated, ...notEvaluated]),
    backendServices: inventory.backends.length,
    iapSecuredBackends: inventory.backends.filter(({ iapEnabled }) => iapEnabled).length,
    accessPaths: paths.length,
  };
}

/** Rules that say a grant is not there. */
const grantRules: ReadonlySet<string> = new Set(['iap-invoker-missing', 'conditional-invoker']);

function toUnknown(view: PlanView, { code, message, hint, services, resource }: PlanGap): PlanUnknown {
  const place = resource && placeOf(view, resource);
  const advice = hint ?? (place && !place.location ? 'Name the folder of the root module with --source.' : undefined);
  return { code, message, ...(advice === undefined ? {} : { hint: advice }), services, ...place };
}

function placeOf(view: PlanView, resource: PlannedResource): Place {
  const location = view.source.locate(resource.module, writtenName(resource));
  return { address: resource.address, ...(location ? { location } : {}) };
}

/** The doors of a service: its own findings, and those of the backends on its paths. */
function listDoors(
  [service, ...backends]: readonly (string | undefined)[],
  findings: readonly PlanFinding[],
  unknown: readonly PlanUnknown[],
): readonly Door[] {
  const doors = new Set<Door>();
  for (const { door, resource } of findings) {
    if (door && (resource === service || backends.includes(resource))) doors.add(door);
  }
  if (unknown.some(({ services }) => service !== undefined && services.includes(service))) doors.add('unknown');
  return [...doors].sort(compareText);
}

function sortNotEvaluated(all: readonly NotEvaluated[]): readonly NotEvaluated[] {
  const distinct = new Map(all.map((one) => [[one.rule, one.reason, one.resource ?? ''].join('\n'), one]));
  return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}
