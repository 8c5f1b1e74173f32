import { backendId, buildBackendTerraform, buildBackendUpdate } from '../core/commands/backend-commands.ts';
import { resolveNegTargets } from '../core/estate/access-paths.ts';
import { listJudgedServices } from '../core/estate/judged-services.ts';
import type { Backend, RunService } from '../core/inventory.ts';
import type { Estate, Rule } from './rule.ts';

/** A service that IAP is to guard is reached through another backend as well, and that one has no IAP. */
export const unprotectedSiblingPath: Rule = {
  id: 'unprotected-sibling-path',
  evaluate: (estate) => {
    const siblings = listSiblings(estate);
    return listJudgedServices(estate.inventory, estate.paths)
      .filter(({ service }) => !service.iapEnabled)
      .flatMap(({ service, via }) =>
        [...(siblings.get(service) ?? [])].map((backend) => ({
          severity: 'medium' as const,
          mode: 'observe' as const,
          resource: service.name,
          subject: backend.name,
          message: `${service.service} in ${service.region} is also behind ${backendId(backend)}, where nobody is asked who they are: that way leads past IAP.`,
          hint: 'Turn IAP on there too, or take the NEG off that backend if the way is not needed; where it must stay open, give it a service of its own.',
          want: [`IAP on at every backend in front of ${service.service} in ${service.region}`],
          have: [`iap.enabled is not true on ${backend.name}`],
          via,
          actions: [],
          gcloud: [buildBackendUpdate(backend, ['--iap=enabled'])],
          terraform: buildBackendTerraform(backend, ['iap {', '  enabled = true', '}']),
        })),
      );
  },
};

/** The backends without IAP in front of each service. A urlMask under `observe` leads nowhere that is known (DESIGN 4). */
function listSiblings({ inventory, settings }: Estate): ReadonlyMap<RunService, ReadonlySet<Backend>> {
  const siblings = new Map<RunService, Set<Backend>>();
  for (const backend of inventory.backends.filter(({ iapEnabled }) => !iapEnabled)) {
    const negs = backend.groups.map((group) => inventory.negs.get(group)).filter((neg) => neg !== undefined);
    for (const neg of negs) {
      for (const service of resolveNegTargets(neg, inventory.services, settings.urlMask).services) {
        siblings.set(service, (siblings.get(service) ?? new Set()).add(backend));
      }
    }
  }
  return siblings;
}
