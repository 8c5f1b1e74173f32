import type { PolicyEdit } from '../core/change/change.ts';
import { accessorRole } from '../core/estate/iap-access.ts';

/** Let the service account of one push subscription through IAP at one backend. */
export interface GrantIapAccessor {
  readonly kind: 'grant-iap-accessor';
  /** Full resource name of the backend's IAP resource, `//iap.googleapis.com/projects/P/iap_web/compute/services/ID`. */
  readonly resource: string;
  /** `serviceAccount:…` */
  readonly member: string;
  /** The subscription that pushes as this account: the writer looks whether it still does. */
  readonly subscription: string;
}

/** The policy change that makes it. */
export function buildAccessorChange({ resource, member, subscription }: GrantIapAccessor): PolicyEdit {
  return {
    capability: 'grant-iap-accessor',
    kind: 'add',
    resource,
    role: accessorRole,
    members: [member],
    subscription,
  };
}
