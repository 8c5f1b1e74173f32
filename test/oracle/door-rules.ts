import { canonicalMember, inheritedBindings, ownBindings } from './access.ts';
import { isIapBackend, negsOf, servicesBehind, servicesOnPaths, viaOfBackend } from './access-paths.ts';
import type { Draft, Estate, Mode, OracleSettings, Path, Service, Severity } from './oracle-types.ts';

/** The rules about the service itself: who else may call it, and by which way. */
export function doorFindings(estate: Estate, paths: readonly Path[], settings: OracleSettings): readonly Draft[] {
  const findings: Draft[] = [];
  // CONTRACT 1: "Rules about a service look only at services on an access path"
  for (const service of servicesOnPaths(paths)) {
    const own = paths.filter((path) => path.service === service);
    const through = own.filter((path) => path.backend !== undefined);
    const add = (rule: string, severity: Severity, mode: Mode, subject: string, about: readonly Path[] = own) =>
      findings.push({ rule, severity, mode, resource: service.name, subject, via: about.map(({ via }) => via) });

    for (const [member, onlyInherited] of publicMembers(service, estate)) {
      // "critical / medium | approve (observe if only inherited)"
      add('public-invoker', openSeverity(service), onlyInherited ? 'observe' : 'approve', member);
    }
    // "`invokerIamDisabled`", critical / medium, observe
    if (service.invokerCheckDisabled) {
      add('invoker-check-disabled', openSeverity(service), 'observe', 'invokerIamDisabled');
    }
    for (const member of people(service, estate)) add('direct-invoker', 'medium', 'approve', member);
    // "ingress `all`, default URL not disabled, path through a backend and no direct IAP"
    if (service.ingress === 'all' && !service.defaultUrlDisabled && through.length > 0 && !service.directIap) {
      add('run-url-bypass', 'medium', 'approve', 'all');
    }
    // "ingress `internal` (or `none`) on a path through an external IAP backend (`loadBalancingScheme` EXTERNAL,
    // EXTERNAL_MANAGED)"
    const external = through.filter(({ backend }) => ['EXTERNAL', 'EXTERNAL_MANAGED'].includes(backend?.scheme ?? ''));
    if (['internal', 'none'].includes(service.ingress) && external.length > 0) {
      add('ingress-blocks-balancer', 'high', 'observe', service.ingress, external);
    }
    // "the same service is also behind a backend without IAP, and has no direct IAP"
    for (const backend of estate.backends) {
      if (backend.iapOn || service.directIap) continue;
      const behind = negsOf(backend, estate).some((neg) => servicesBehind(neg, estate, settings).includes(service));
      if (behind) add('unprotected-sibling-path', 'medium', 'observe', backend.name);
    }
    // "IAP on the backend and on the service"
    if (service.directIap && through.length > 0) add('double-iap', 'medium', 'observe', '');
  }
  return findings;
}

/**
 * CONTRACT 1: "'Open' = ingress `all`, whether or not the default URL is disabled. public-invoker (either member) and a
 * disabled invoker check are critical on an open service, else medium."
 */
function openSeverity(service: Service): Severity {
  return service.ingress === 'all' ? 'critical' : 'medium';
}

/** "allUsers / allAuthenticatedUsers hold an invoking role, at any level, conditional or not" */
function publicMembers(service: Service, estate: Estate): readonly (readonly [string, boolean])[] {
  const found: (readonly [string, boolean])[] = [];
  for (const member of ['allUsers', 'allAuthenticatedUsers']) {
    const onService = ownBindings(service, estate).some(({ members }) => members.includes(member));
    const above = inheritedBindings(service, estate).some(({ members }) => members.includes(member));
    if (onService || above) found.push([member, !onService]);
  }
  return found;
}

/** "user:, group:, domain: members hold run.invoker or run.servicesInvoker on the service itself, conditional or not" */
function people(service: Service, estate: Estate): readonly string[] {
  const found: string[] = [];
  for (const { role, members } of ownBindings(service, estate)) {
    if (role !== 'roles/run.invoker' && role !== 'roles/run.servicesInvoker') continue;
    for (const member of members.map(canonicalMember)) {
      if (/^(user|group|domain):/.test(member) && !found.includes(member)) found.push(member);
    }
  }
  return found;
}

/** The rules about backends and NEGs. */
export function balancerFindings(estate: Estate, paths: readonly Path[], settings: OracleSettings): readonly Draft[] {
  const findings: Draft[] = [];
  for (const backend of estate.backends) {
    if (!isIapBackend(backend, estate)) continue;
    const via = viaOfBackend(backend, paths);
    const common = { severity: 'medium', mode: 'observe', resource: backend.name, subject: '', via } as const;
    // "`enableCDN` on an IAP backend"
    if (backend.cdn) findings.push({ rule: 'cdn-with-iap', ...common });
    // "HTTP/2 to Cloud Run behind a classic balancer with IAP"
    const toRun = negsOf(backend, estate).some(
      (neg) => neg.serverless && ['service', 'function', 'mask'].includes(neg.kind),
    );
    if (backend.protocol === 'HTTP2' && backend.scheme === 'EXTERNAL' && toRun) {
      findings.push({ rule: 'http2-classic-loop', ...common });
    }
  }
  for (const neg of estate.negs) {
    const backends = estate.backends.filter((one) => isIapBackend(one, estate) && one.negs.includes(neg.name));
    if (backends.length === 0 || !neg.serverless) continue;
    const via = backends.map((backend) => `${backend.name} > ${neg.name}`);
    // "an IAP backend's NEG uses a urlMask (under `observe`)", low, observe, NEG, "the mask"
    if (neg.kind === 'mask' && settings.urlMask === 'observe') {
      const common = { severity: 'low', mode: 'observe', resource: neg.name, via } as const;
      findings.push({ rule: 'url-mask-target', subject: neg.target, ...common });
    }
    // "a NEG of an IAP backend names a service that is not there"
    if (isDangling(neg.name, estate, settings) && canJudgeDangling(neg.project, estate)) {
      const common = { severity: 'medium', mode: 'observe', resource: neg.name, via } as const;
      findings.push({ rule: 'dangling-neg', subject: `${neg.region}/${neg.target}`, ...common });
    }
  }
  return findings;
}

export function isDangling(negName: string, estate: Estate, settings: OracleSettings): boolean {
  const neg = estate.negs.find(({ name }) => name === negName);
  if (neg === undefined || !neg.serverless || neg.kind !== 'service') return false;
  return servicesBehind(neg, estate, settings).length === 0;
}

/** "export: only if the input holds a Run Service line of that project and no malformed line, else `notEvaluated`" */
export function canJudgeDangling(project: string, estate: Estate): boolean {
  return estate.projectsWithRunLine.includes(project) && estate.malformed.length === 0;
}
