import { levelsOf, mayInvoke } from '../access.ts';
import type { AccessPath } from '../access-paths.ts';
import { compareText } from '../finding.ts';
import { accessorRole } from '../iap-access.ts';
import { iapLevelsOf } from '../iap-levels.ts';
import { isAgentMember } from '../identity.ts';
import type { NotEvaluated } from '../inventory.ts';
import { buildServiceName, parseComputeName } from '../resource-name.ts';
import type { PlanInventory } from './build-plan-inventory.ts';
import { isUnknownName } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import type { PlannedBackend } from './read-backends.ts';

/** Something that the plan does not say and that a door depends on. */
export interface PlanGap {
  readonly code: 'unknown-until-apply' | 'neg-not-in-plan' | 'project-number-unknown' | 'plan-incomplete';
  readonly resource: PlannedResource | undefined;
  readonly message: string;
  readonly hint?: string;
  /** Full resource names of the services it is about; empty = nobody can tell which. */
  readonly services: readonly string[];
  /** Whether a grant may be in it: then nothing is said of missing ones. */
  readonly hidesGrants: boolean;
}

export interface PlanGaps {
  readonly gaps: readonly PlanGap[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface GapQuestion {
  readonly view: PlanView;
  readonly planned: PlanInventory;
  readonly paths: readonly AccessPath[];
  readonly needsClientId: boolean;
}

/** Everything that stays open about the services on access paths. What no door depends on is left out. */
export function listPlanGaps(question: GapQuestion): PlanGaps {
  return {
    gaps: [
      ...listIncomplete(question),
      ...listBackendGaps(question),
      ...listNegGaps(question),
      ...listServiceGaps(question),
      ...listGrantGaps(question),
      ...listNumberGaps(question),
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

/** A NEG without its service, where names that come with apply may be the reason. */
function namesUnknownService(planned: PlanInventory, group: string): boolean {
  const missing = missingService(planned, group);
  if (missing === undefined) return false;
  return isUnknownName(missing) || [...planned.services.keys()].some(isUnknownName);
}

/** The service that a NEG names and the plan lacks. */
function missingService(planned: PlanInventory, group: string): string | undefined {
  const neg = planned.negs.get(group)?.neg;
  if (neg?.target.kind !== 'run') return undefined;
  const name = buildServiceName({ project: neg.project, region: neg.region, id: neg.target.service });
  return planned.services.has(name) ? undefined : name;
}

function listServiceGaps({ planned, paths }: GapQuestion): readonly PlanGap[] {
  const onPath = new Set(paths.map(({ service }) => service.name));
  return [...planned.services.values()].flatMap(({ resource, service, open }) =>
    open
      // Direct IAP makes a path of its own.
      .filter((what) => onPath.has(service.name) || what === 'iap_enabled' || what.endsWith('/iap-enabled'))
      .map((what): PlanGap => {
        const message = `Its ${what} is known only after apply.`;
        const hidesGrants = /invoker.iam.disabled/.test(what);
        return { code: 'unknown-until-apply', resource, message, services: [service.name], hidesGrants };
      }),
  );
}

function listGrantGaps({ planned, paths }: GapQuestion): readonly PlanGap[] {
  const services = [...new Map(paths.map(({ service }) => [service.name, service])).values()];
  const gaps = new Map<string, PlanGap & { services: string[] }>();
  const add = (resource: PlannedResource, message: string, service: string): void => {
    const key = `${resource.address} ${message}`;
    const known = gaps.get(key);
    if (known && !known.services.includes(service)) known.services.push(service);
    if (!known) {
      gaps.set(key, { code: 'unknown-until-apply', resource, message, services: [service], hidesGrants: true });
    }
  };
  for (const service of services) {
    for (const level of levelsOf(planned.inventory, service)) {
      for (const { grant, role, what } of planned.policies.get(level)?.open ?? []) {
        if (role !== undefined && !mayInvoke(role)) continue;
        add(grant.resource, `Whom it grants is known only after apply: ${what}.`, service.name);
      }
    }
    for (const grant of planned.grants) {
      if (grant.isIap || !isUnplaced(grant.level, planned)) continue;
      if (grant.bindings.some(({ role }) => role === undefined || mayInvoke(role))) {
        add(grant.resource, 'What it is a grant on is known only after apply.', service.name);
      }
    }
  }
  return [...gaps.values()].map((gap) => ({ ...gap, services: gap.services.sort(compareText) }));
}

/** Nobody can tell what it is on, or it is on something that has no name yet and is none of the plan's services. */
function isUnplaced(level: string | undefined, { services }: PlanInventory): boolean {
  if (level === undefined) return true;
  return level.startsWith('//run.googleapis.com/') && isUnknownName(level) && !services.has(level);
}

/** An agent is granted by its number, and nobody knows whose number it is. */
function listNumberGaps({ planned, paths }: GapQuestion): readonly PlanGap[] {
  return paths.flatMap(({ service, iapProject }): PlanGap[] => {
    if (planned.numbers.isKnown(iapProject)) return [];
    const holds = levelsOf(planned.inventory, service).flatMap((level) => planned.policies.get(level)?.holds ?? []);
    const literal = holds.find(({ role, member }) => mayInvoke(role) && isAgentMember(member));
    if (!literal) return [];
    return [
      {
        code: 'project-number-unknown',
        resource: literal.grant.resource,
        message: `It grants ${literal.member}, and the plan does not say whether that is the number of ${iapProject}.`,
        hint: `Add --project-number ${iapProject}=NUMBER.`,
        services: [service.name],
        hidesGrants: true,
      },
    ];
  });
}

function listNotJudged({ planned, paths }: GapQuestion): readonly NotEvaluated[] {
  const unknown = 'unknown-until-apply';
  return [...planned.backends.values()].flatMap(({ backend, open, isClientIdOpen }) => {
    const levels = iapLevelsOf(planned.inventory, backend);
    const hasOpenAccessors = levels.some((level) =>
      planned.policies.get(level)?.open.some(({ role }) => role === undefined || role === accessorRole),
    );
    const isBlindClient =
      isClientIdOpen || (backend.oauth2ClientId !== undefined && !planned.numbers.isKnown(backend.project));
    const say = (rule: string, reason: string, resource: string, when: boolean): readonly NotEvaluated[] =>
      when ? [{ rule, reason, resource }] : [];
    return [
      ...say(
        'unprotected-sibling-path',
        unknown,
        backend.name,
        !backend.iapEnabled && open.length > 0 && paths.length > 0,
      ),
      ...say('oauth-client-untrusted', unknown, backend.name, backend.iapEnabled && isBlindClient),
      ...say('iap-open-to-all', unknown, backend.name, backend.iapEnabled && hasOpenAccessors),
      ...(backend.iapEnabled ? backend.groups : []).flatMap((group) =>
        say(
          '*',
          'service-not-in-plan',
          group,
          missingService(planned, group) !== undefined && !namesUnknownService(planned, group),
        ),
      ),
    ];
  });
}
