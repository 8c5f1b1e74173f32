import type { PolicyEdit } from '../core/change/change.ts';
import { accessorRole } from '../core/estate/iap-access.ts';
import { projectOf } from '../core/estate/resource-name.ts';

/** Let the service account of one push subscription through IAP at one backend. */
export interface GrantIapAccessor {
  readonly kind: 'grant-iap-accessor';
  /** Full resource name of the backend's IAP resource, `//iap.googleapis.com/projects/P/iap_web/compute/services/ID`. */
  readonly resource: string;
  /** `serviceAccount:…` */
  readonly member: string;
  /** The subscription that pushes as this account: the writer looks whether it still does. */
  readonly subscription: string;
  /** Where it pushes to (`pushAddress`): the writer looks whether it still does. */
  readonly endpoint: string;
  /** Full resource name of the backend. */
  readonly backend: string;
}

/** The policy change that makes it. */
export function buildAccessorChange(grant: GrantIapAccessor): PolicyEdit {
  const { resource, member, subscription, endpoint, backend } = grant;
  return {
    capability: 'grant-iap-accessor',
    kind: 'add',
    resource,
    role: accessorRole,
    members: [member],
    subscription,
    endpoint,
    backend,
  };
}

/** One line for a person: who is let in where, and on the strength of what. Anybody may push to a host with an account of their own. */
export function describeAccessor({ resource, role, members, subscription, endpoint, backend }: PolicyEdit): string {
  const project = projectOf(resource);
  const isOwn = members.every((member) => member.endsWith(`@${project}.iam.gserviceaccount.com`));
  const whose = isOwn ? '' : ` (by its name no account of ${project})`;
  const why = subscription === undefined ? '' : `, as whom ${subscription} pushes to ${endpoint ?? 'its endpoint'}`;
  const where = backend === undefined ? resource : `${backend} (${resource})`;
  return `grant ${role} on ${where} to ${members.join(', ')}${whose}${why}`;
}
