import type { Mode } from '../finding.ts';
import type { RunService } from '../inventory.ts';

/** Label by which a service's owner allows (`allow`) or forbids (`deny`) what Sallyport may grant on it. */
export const consentLabel = 'sallyport-iap';

/**
 * Whether the owner of a service consents to IAP entering it, as far as the service itself says so (DESIGN 4). Anyone
 * with load-balancer rights can point a backend at somebody else's private service: their wish is not consent.
 */
export function hasConsent(service: RunService): boolean {
  return (
    service.labels[consentLabel] === 'allow' ||
    service.iapEnabled ||
    service.ingress === 'internal-and-cloud-load-balancing' ||
    service.ingress === 'internal'
  );
}

/** Mode of a missing grant: deny label, then a conditional grant (somebody's decision), then consent (CONTRACT 1). */
export function grantMode(service: RunService, hasConditionalGrant: boolean): Mode {
  if (service.labels[consentLabel] === 'deny') return 'observe';
  if (hasConditionalGrant) return 'approve';
  return hasConsent(service) ? 'enforce' : 'approve';
}

const rank: Readonly<Record<Mode, number>> = { observe: 0, approve: 1, enforce: 2 };

/** The weaker of two modes: settings lower a finding's mode, they never raise it. */
export function lowerMode(mode: Mode, limit: Mode | undefined): Mode {
  return limit !== undefined && rank[limit] < rank[mode] ? limit : mode;
}
