import type { Backend, Inventory, Neg, NotEvaluated, RunService, Unreadable } from '../inventory.ts';
import { consentLabel } from './consent.ts';
import { buildServiceName, parseComputeName } from './resource-name.ts';

/** One way on which IAP reaches a service: through a backend and a NEG, or straight (direct IAP). */
export interface AccessPath {
  readonly service: RunService;
  /** Absent for direct IAP. */
  readonly through?: { readonly backend: Backend; readonly neg: Neg };
  /** Project whose IAP service agent knocks at the service: the backend's, or the service's own for direct IAP. */
  readonly iapProject: string;
  /** `BACKEND > NEG` (full resource names), or `direct`. */
  readonly via: string;
}

export interface AccessPaths {
  readonly paths: readonly AccessPath[];
  readonly unreadable: readonly Unreadable[];
  readonly notEvaluated: readonly NotEvaluated[];
}

/**
 * All access paths of an inventory (CONTRACT 1): distinct (backend, NEG, service) of backends with IAP, plus
 * (service, direct). What cannot be followed is said: a NEG that was not read, a function that is no Run service.
 */
export function resolveAccessPaths(
  inventory: Pick<Inventory, 'backends' | 'negs' | 'services' | 'source'>,
  urlMask: 'observe' | 'labelled',
): AccessPaths {
  const paths = new Map<string, AccessPath>();
  const unreadable = new Map<string, Unreadable>();
  const notEvaluated = new Map<string, NotEvaluated>();

  for (const backend of inventory.backends) {
    if (!backend.iapEnabled) continue;
    for (const group of backend.groups) {
      if (parseComputeName(group)?.collection !== 'networkEndpointGroups') continue;
      const neg = inventory.negs.get(group);
      if (!neg) {
        unreadable.set(group, buildMissingNeg(group, backend, inventory.source.kind));
        continue;
      }
      const reached = resolveNegTargets(neg, inventory.services, urlMask);
      if (reached.notEvaluated) notEvaluated.set(neg.name, reached.notEvaluated);
      for (const service of reached.services) {
        const via = `${backend.name} > ${neg.name}`;
        paths.set(`${via} > ${service.name}`, { service, through: { backend, neg }, iapProject: backend.project, via });
      }
    }
  }
  for (const service of inventory.services.values()) {
    if (service.iapEnabled) {
      paths.set(`direct > ${service.name}`, { service, iapProject: service.project, via: 'direct' });
    }
  }
  return { paths: [...paths.values()], unreadable: [...unreadable.values()], notEvaluated: [...notEvaluated.values()] };
}

/** The Run services a NEG sends requests to, as far as they are in the inventory, or why nobody can say. */
export interface NegTargets {
  readonly services: readonly RunService[];
  readonly notEvaluated?: NotEvaluated;
}

/** What is behind a NEG (DESIGN 4); a urlMask reaches nothing under `observe`, labelled services under `labelled`. */
export function resolveNegTargets(
  neg: Neg,
  services: ReadonlyMap<string, RunService>,
  urlMask: 'observe' | 'labelled',
): NegTargets {
  const { target } = neg;
  switch (target.kind) {
    case 'run':
      return { services: findService(neg, target.service, services) };
    case 'function': {
      // A 2nd-gen function runs as the Run service of its name in lower case with `_` as `-` (DESIGN 4).
      const found = findService(neg, target.function.toLowerCase().replaceAll('_', '-'), services);
      if (found.length > 0) return { services: found };
      return {
        services: [],
        notEvaluated: { rule: '*', reason: 'first-generation-or-missing-function', resource: neg.name },
      };
    }
    case 'run-url-mask':
    case 'function-url-mask':
      // A mask can reach every service of its region: only those whose owner said so are on a path.
      if (urlMask === 'observe') return { services: [] };
      return {
        services: [...services.values()].filter(
          (service) =>
            service.project === neg.project &&
            service.region === neg.region &&
            service.labels[consentLabel] === 'allow',
        ),
      };
    case 'app-engine':
      return { services: [], notEvaluated: { rule: '*', reason: 'app-engine', resource: neg.name } };
    case 'other-serverless':
      return { services: [], notEvaluated: { rule: '*', reason: 'serverless-target-unknown', resource: neg.name } };
    case 'not-serverless':
      return { services: [] };
  }
}

function findService(neg: Neg, id: string, services: ReadonlyMap<string, RunService>): readonly RunService[] {
  const service = services.get(buildServiceName({ project: neg.project, region: neg.region, id }));
  return service ? [service] : [];
}

function buildMissingNeg(group: string, backend: Backend, source: 'live' | 'asset-export'): Unreadable {
  return source === 'live'
    ? {
        resource: group,
        code: 'neg-not-readable',
        message: `${backend.name} names this NEG, and it could not be read.`,
      }
    : { resource: group, code: 'neg-not-exported', message: `${backend.name} names this NEG, and the input lacks it.` };
}
