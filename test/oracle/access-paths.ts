import type { Backend, Estate, Gap, Neg, OracleSettings, Path, Service, Unread } from './oracle-types.ts';

/** CONTRACT 1: "IAP backend = backend service (global or regional) with `iap.enabled === true` and at least one serverless NEG." */
export function isIapBackend(backend: Backend, estate: Estate): boolean {
  return backend.iapOn && negsOf(backend, estate).some((neg) => neg.serverless);
}

export function negsOf(backend: Backend, estate: Estate): readonly Neg[] {
  return estate.negs.filter((neg) => backend.negs.includes(neg.name));
}

/** The services a NEG sends requests to: none, one, or with a URL mask those that their owners labelled. */
export function servicesBehind(neg: Neg, estate: Estate, settings: OracleSettings): readonly Service[] {
  // CONTRACT 1: "Across projects: the service is looked up in the NEG's project"
  const near = estate.services.filter((service) => service.project === neg.project && service.region === neg.region);
  if (!neg.serverless) return [];
  if (neg.kind === 'service') return near.filter((service) => service.shortName === neg.target);
  // DESIGN 4: "the Run service named like the function in lower case with `_` as `-`"
  if (neg.kind === 'function') {
    const wanted = neg.target.toLowerCase().replaceAll('_', '-');
    return near.filter((service) => service.shortName === wanted);
  }
  // DESIGN 4: "default `observe`: one finding a NEG, its services are not on a path; `labelled`: services with
  // `sallyport-iap=allow`"
  if (neg.kind === 'mask' && settings.urlMask === 'labelled') return near.filter(({ label }) => label === 'allow');
  return [];
}

/**
 * CONTRACT 1: "Access path = distinct (backend, NEG, service), plus (service, direct) for `iapEnabled` services."
 * "A NEG whose service does not exist yields no path"
 */
export function findPaths(estate: Estate, settings: OracleSettings): readonly Path[] {
  const paths: Path[] = [];
  for (const backend of estate.backends) {
    if (!isIapBackend(backend, estate)) continue;
    for (const neg of negsOf(backend, estate)) {
      for (const service of servicesBehind(neg, estate, settings)) {
        // CONTRACT 4: "`via` = `BACKEND > NEG` (full resource names) or `direct`"
        paths.push({ service, backend, neg, via: `${backend.name} > ${neg.name}` });
      }
    }
  }
  for (const service of estate.services) if (service.directIap) paths.push({ service, via: 'direct' });
  return paths;
}

/** Reading (docs/decisions/0008): a finding about a backend names its access paths; it may have none. */
export function viaOfBackend(backend: Backend, paths: readonly Path[]): readonly string[] {
  return paths.filter((path) => path.backend === backend).map(({ via }) => via);
}

export function servicesOnPaths(paths: readonly Path[]): readonly Service[] {
  const services: Service[] = [];
  for (const { service } of paths) if (!services.includes(service)) services.push(service);
  return services;
}

/** What an IAP backend's NEGs keep from being seen. */
export function findHiddenTargets(
  estate: Estate,
  settings: OracleSettings,
): { readonly unreadable: readonly Unread[]; readonly gaps: readonly Gap[] } {
  const unreadable: Unread[] = [];
  const gaps: Gap[] = [];
  const negs: Neg[] = [];
  for (const backend of estate.backends) {
    // CONTRACT 1: "a NEG that an IAP backend names and the input lacks is `unreadable {neg-not-exported}`". Reading: a
    // backend with IAP on is one here, because the missing NEG may be its serverless one.
    if (!backend.iapOn) continue;
    for (const name of backend.negs) {
      const neg = estate.negs.find((one) => one.name === name);
      if (neg !== undefined && !negs.includes(neg)) negs.push(neg);
      if (neg === undefined && !unreadable.some(({ resource }) => resource === name)) {
        unreadable.push({ resource: name, code: 'neg-not-exported' });
      }
    }
  }
  for (const neg of negs) {
    if (!neg.serverless) continue;
    // CONTRACT 1: "a `cloudFunction` NEG without such a Run service is `notEvaluated
    // {first-generation-or-missing-function}`"
    if (neg.kind === 'function' && servicesBehind(neg, estate, settings).length === 0) {
      gaps.push({ rule: '*', reason: 'first-generation-or-missing-function', resource: neg.name });
    }
    // DESIGN 4: "1st gen and App Engine are out of scope: `notEvaluated`"
    // Reading: so is whatever else a serverless NEG may lead to.
    if (neg.kind === 'other') gaps.push({ rule: '*', reason: 'serverless-target-unknown', resource: neg.name });
    if (neg.kind === 'app-engine') gaps.push({ rule: '*', reason: 'app-engine', resource: neg.name });
  }
  return { unreadable, gaps };
}
