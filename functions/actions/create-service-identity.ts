import type { IdentityChange } from '../core/change/change.ts';
import { quoteShell } from '../core/commands/command-text.ts';
import { projectOf } from '../core/estate/resource-name.ts';

/** Have Google create IAP's service agent of one project. It cannot be taken back: Google has no call for that. */
export interface CreateServiceIdentity {
  readonly kind: 'create-service-identity';
  /** Full resource name of the project. */
  readonly resource: string;
  /** The agent that will exist then, `serviceAccount:…`. */
  readonly member: string;
}

/** The one service whose identity Sallyport asks for. */
export const iapService = 'iap.googleapis.com';

/** One line for a person: what will be done, to what. */
export function describeIdentity({ resource, service }: Pick<IdentityChange, 'resource' | 'service'>): string {
  return `create the service agent of ${service} in ${projectOf(resource)}`;
}

/** The change that makes it. Asking twice does no harm: Google does not make a second one. */
export function buildIdentityChange({ resource }: CreateServiceIdentity): IdentityChange {
  return { capability: 'create-service-identity', kind: 'service-identity', resource, service: iapService };
}

/** What an administrator types where Sallyport may not: nobody documents the permission (FACTS 9.1). */
export function buildIdentityCommand(project: string): string {
  return `gcloud beta services identity create --service=${iapService} --project=${quoteShell(project)}`;
}
