import { buildServiceName } from '../estate/resource-name.ts';
import type { PlanInventory } from './build-plan-inventory.ts';
import { isUnknownName } from './place-of.ts';

/** A NEG without its service, where names that come with apply may be the reason. */
export function namesUnknownService(planned: PlanInventory, group: string): boolean {
  const missing = missingService(planned, group);
  if (missing === undefined) return false;
  return isUnknownName(missing) || [...planned.services.keys()].some(isUnknownName);
}

/** The service that a NEG names and the plan lacks. */
export function missingService(planned: PlanInventory, group: string): string | undefined {
  const neg = planned.negs.get(group)?.neg;
  if (neg?.target.kind !== 'run') return undefined;
  const name = buildServiceName({ project: neg.project, region: neg.region, id: neg.target.service });
  return planned.services.has(name) ? undefined : name;
}
