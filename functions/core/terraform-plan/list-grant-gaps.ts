import { levelsOf, mayInvoke } from '../estate/access.ts';
import { isAgentMember } from '../estate/identity.ts';
import { compareText } from '../finding.ts';
import type { PlanInventory } from './build-plan-inventory.ts';
import { isUnknownName } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { GapQuestion, PlanGap } from './plan-gap.ts';

/** Grants that may be to somebody or on something nobody knows before apply. Agents that are granted by a number of unknown owner included. */
export function listGrantGaps(question: GapQuestion): readonly PlanGap[] {
  return [...listOpenGrants(question), ...listNumberGaps(question)];
}

function listOpenGrants({ planned, paths }: GapQuestion): readonly PlanGap[] {
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
