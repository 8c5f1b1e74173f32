import { buildServiceName, parseComputeName } from '../estate/resource-name.ts';
import type { PlanInventory } from './build-plan-inventory.ts';
import { listGrantGaps } from './list-grant-gaps.ts';
import { listNotJudged } from './list-not-judged.ts';
import { namesUnknownService } from './missing-services.ts';
import type { GapQuestion, PlanGap, PlanGaps } from './plan-gap.ts';
import type { PlannedBackend } from './read-backends.ts';

/** Everything that stays open about the services on access paths. What no door depends on is left out. */
export function listPlanGaps(question: GapQuestion): PlanGaps {
  return {
    gaps: [
      ...listIncomplete(question),
      ...listBackendGaps(question),
      ...listNegGaps(question),
      ...listServiceGaps(question),
      ...listGrantGaps(question),
    ],
    notEvaluated: listNotJudged(question),
  };
}

function listIncomplete({ view }: GapQuestion): readonly PlanGap[] {
  if (view.plan.complete) return [];
  return [
    {
      code: 'plan-incomplete',
      resource: undefined,
      message: 'Terraform itself says that this plan leaves something out: a -target, a deferred change or an error.',
      hint: 'Plan without -target.',
      services: [],
      hidesGrants: false,
    },
  ];
}

function listBackendGaps({ planned, needsClientId, paths }: GapQuestion): readonly PlanGap[] {
  return [...planned.backends.values()].flatMap((one) => {
    const { resource, backend, open, isIapOpen, isClientIdOpen } = one;
    const services = servicesBehind(planned, one);
    const gap = (message: string, of = services): PlanGap => ({
      code: 'unknown-until-apply',
      resource,
      message,
      services: of,
      hidesGrants: false,
    });
    return [
      ...(isIapOpen ? [gap('Whether IAP is on is known only after apply.')] : []),
      ...(backend.iapEnabled && open.length > 0
        ? [gap(`Which NEGs it has is known only after apply: ${open.join('; ')}.`, [])]
        : []),
      ...(needsClientId && isClientIdOpen && paths.some(({ through }) => through?.backend.name === backend.name)
        ? [gap('Its OAuth client ID is known only after apply.')]
        : []),
    ];
  });
}

/** The services that the NEGs of a backend name, whether or not IAP is on. */
function servicesBehind(planned: PlanInventory, { backend }: PlannedBackend): readonly string[] {
  return backend.groups.flatMap((group) => {
    const target = planned.negs.get(group)?.neg.target;
    const neg = planned.negs.get(group)?.neg;
    if (!neg || target?.kind !== 'run') return [];
    const name = buildServiceName({ project: neg.project, region: neg.region, id: target.service });
    return planned.services.has(name) ? [name] : [];
  });
}

function listNegGaps({ planned }: GapQuestion): readonly PlanGap[] {
  const gaps: PlanGap[] = [];
  const seen = new Set<string>();
  for (const { resource, backend } of planned.backends.values()) {
    if (!backend.iapEnabled) continue;
    for (const group of backend.groups.filter(isRegionalNeg)) {
      const found = planned.negs.get(group);
      if (seen.has(group)) continue;
      seen.add(group);
      const base = { services: [], hidesGrants: false };
      if (!found) {
        const message = `It names ${group}, which this plan does not hold: the services behind it are not judged.`;
        const hint = 'Check it where it is planned, or scan the project live.';
        gaps.push({ ...base, code: 'neg-not-in-plan', resource, message, hint });
      } else if (found.open.length > 0) {
        const message = `Its target is known only after apply: ${found.open.join('; ')}.`;
        gaps.push({ ...base, code: 'unknown-until-apply', resource: found.resource, message });
      } else if (namesUnknownService(planned, group)) {
        const message =
          'It names a service that is not among those of this plan, and not all names of this plan are known.';
        gaps.push({ ...base, code: 'unknown-until-apply', resource: found.resource, message, hint: nameProject });
      }
    }
  }
  return gaps;
}

const nameProject = 'Name the project of resources that name none with --project.';

function isRegionalNeg(group: string): boolean {
  const parts = parseComputeName(group);
  return parts?.collection === 'networkEndpointGroups' && group.includes('/regions/');
}

function listServiceGaps({ planned, paths }: GapQuestion): readonly PlanGap[] {
  const onPath = new Set(paths.map(({ service }) => service.name));
  return [...planned.services.values()].flatMap(({ resource, service, open }) =>
    open
      // Direct IAP makes a path of its own, and so do regions.
      .filter((what) => onPath.has(service.name) || /iap.enabled$|regions$/.test(what))
      .map((what): PlanGap => {
        const message = `Its ${what} is known only after apply.`;
        const hidesGrants = /invoker.iam.disabled/.test(what);
        return { code: 'unknown-until-apply', resource, message, services: [service.name], hidesGrants };
      }),
  );
}
