import { hasAccess, hasConditionalGrant, hasInheritedAccess, isPolicyReadable } from './access.ts';
import { servicesOnPaths, viaOfBackend } from './access-paths.ts';
import { hasUntrustedClient, identitiesOf } from './identities.ts';
import { projectName } from './names.ts';
import type { Draft, Estate, Mode, OracleSettings, Path, Service } from './oracle-types.ts';

/** The rules about what IAP's identities hold. */
export function invokerFindings(estate: Estate, paths: readonly Path[], settings: OracleSettings): readonly Draft[] {
  const findings: Draft[] = [];
  for (const service of servicesOnPaths(paths)) {
    for (const { principal, via, onlyClient } of wantedOn(service, estate, paths, settings)) {
      const access = hasAccess(principal, service, estate);
      const conditional = hasConditionalGrant(principal, service, estate);
      // CONTRACT 2, invoker-check-disabled: "then no invoker-missing, no conditional-invoker for it"
      if (!access && !service.invokerCheckDisabled && isPolicyReadable(service, estate)) {
        // "a wanted identity has no access (one finding per service and identity, `via` lists every path)"
        findings.push({
          rule: 'iap-invoker-missing',
          // "agent: high; client ID: low (with `identity: oauth-client`: high)"
          severity: onlyClient && settings.identity !== 'oauth-client' ? 'low' : 'high',
          mode: missingMode(service, conditional),
          resource: service.name,
          subject: principal,
          via,
        });
        // "a wanted identity holds a conditional grant and has no access"
        if (conditional) {
          findings.push({
            rule: 'conditional-invoker',
            severity: 'medium',
            mode: 'observe',
            resource: service.name,
            subject: principal,
            via,
          });
        }
      }
    }
  }
  return [...findings, ...broadFindings(estate, paths, settings), ...untrustedFindings(estate, paths, settings)];
}

interface WantedOnService {
  readonly principal: string;
  readonly onlyClient: boolean;
  readonly via: readonly string[];
}

function wantedOn(
  service: Service,
  estate: Estate,
  paths: readonly Path[],
  settings: OracleSettings,
): readonly WantedOnService[] {
  const wanted: { principal: string; onlyClient: boolean; via: string[] }[] = [];
  for (const path of paths) {
    if (path.service !== service) continue;
    for (const { principal, kind } of identitiesOf(path, estate, settings)) {
      const known = wanted.find((one) => one.principal === principal);
      if (known === undefined) wanted.push({ principal, onlyClient: kind === 'client', via: [path.via] });
      else known.via.push(path.via);
    }
  }
  return wanted;
}

/**
 * CONTRACT 1: "Consent and labels decide the mode of `iap-invoker-missing`: with consent enforce, without approve,
 * `sallyport-iap=deny` observe; a conditional grant to that identity approve (deny wins, then the conditional grant)."
 */
function missingMode(service: Service, conditional: boolean): Mode {
  if (service.label === 'deny') return 'observe';
  if (conditional) return 'approve';
  // DESIGN 4: "ingress `internal-and-cloud-load-balancing` (the article's own step) or `internal`, or direct IAP on, or
  // label `sallyport-iap=allow`"
  const consentByIngress = ['internal-and-cloud-load-balancing', 'internal'].includes(service.ingress);
  return consentByIngress || service.directIap || service.label === 'allow' ? 'enforce' : 'approve';
}

/**
 * CONTRACT 2: "a wanted identity has access through project, folder or organisation [...], whether or not it also has it
 * on the service; resource = the service's project"
 */
function broadFindings(estate: Estate, paths: readonly Path[], settings: OracleSettings): readonly Draft[] {
  const findings: (Draft & { via: string[] })[] = [];
  for (const service of servicesOnPaths(paths)) {
    for (const { principal, via } of wantedOn(service, estate, paths, settings)) {
      if (!hasInheritedAccess(principal, service, estate)) continue;
      const resource = projectName(service.project);
      const known = findings.find((one) => one.resource === resource && one.subject === principal);
      if (known === undefined) {
        findings.push({
          rule: 'broad-iap-invoker',
          severity: 'medium',
          mode: 'observe',
          resource,
          subject: principal,
          via: [...via],
        });
      } else {
        known.via.push(...via);
      }
    }
  }
  return findings;
}

/** CONTRACT 2: oauth-client-untrusted, high, observe, backend, "the text". */
function untrustedFindings(estate: Estate, paths: readonly Path[], settings: OracleSettings): readonly Draft[] {
  const findings: Draft[] = [];
  for (const backend of estate.backends) {
    if (!hasUntrustedClient(backend, estate, settings)) continue;
    findings.push({
      rule: 'oauth-client-untrusted',
      severity: 'high',
      mode: 'observe',
      resource: backend.name,
      subject: backend.clientId,
      via: viaOfBackend(backend, paths),
    });
  }
  return findings;
}
