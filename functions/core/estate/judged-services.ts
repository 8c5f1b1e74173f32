import { compareText, type Severity } from '../finding.ts';
import type { Inventory, RunService } from '../inventory.ts';
import type { AccessPath } from './access-paths.ts';

/** A service that rules about services look at. */
export interface JudgedService {
  readonly service: RunService;
  /** Its access paths of today; none for one that was on a path in the last 30 days only. */
  readonly paths: readonly AccessPath[];
  /** The same as findings give them: sorted, distinct. */
  readonly via: readonly string[];
}

/** How long rules look at a service after it was on an access path, in milliseconds (CONTRACT 1). */
export const recentlyMs = 30 * 24 * 3_600_000;

/**
 * The services that rules about services look at (CONTRACT 1): those on an access path, and (live) those that were on
 * one in the last 30 days and still exist. Nobody else's service is Sallyport's business.
 */
export function listJudgedServices(
  { services, recentlyOnPath = new Set() }: Pick<Inventory, 'services' | 'recentlyOnPath'>,
  paths: readonly AccessPath[],
): readonly JudgedService[] {
  const pathsOf = new Map<RunService, AccessPath[]>();
  for (const path of paths) {
    const known = pathsOf.get(path.service);
    if (known) known.push(path);
    else pathsOf.set(path.service, [path]);
  }
  for (const name of recentlyOnPath) {
    const service = services.get(name);
    if (service && !pathsOf.has(service)) pathsOf.set(service, []);
  }
  return [...pathsOf].map(([service, own]) => ({ service, paths: own, via: listVia(own) }));
}

/** Paths as findings give them: sorted, distinct. */
export function listVia(paths: readonly Pick<AccessPath, 'via'>[]): readonly string[] {
  return [...new Set(paths.map(({ via }) => via))].sort(compareText);
}

/** How bad it is that nobody is stopped at a service's inner door: critical where the internet reaches it at once (CONTRACT 1, "open"). */
export function exposureSeverity({ ingress }: RunService): Extract<Severity, 'critical' | 'medium'> {
  return ingress === 'all' ? 'critical' : 'medium';
}
