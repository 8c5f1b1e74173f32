import { buildIdentityCommand } from '../actions/create-service-identity.ts';
import type { IdentityChange } from '../core/change/change.ts';
import { assertLegalIdentity } from '../core/change/identity-guard.ts';
import { projectOf } from '../core/estate/resource-name.ts';
import { AppError } from '../errors.ts';
import type { GoogleClients } from './google-clients.ts';
import { writeLimits } from './policy-writer.ts';
import { toWriteError } from './to-write-error.ts';
import { type RetryTiming, withRetry } from './with-retry.ts';

export interface IdentityCreatorParts {
  readonly clients: Pick<GoogleClients, 'serviceUsage'>;
  readonly timing: RetryTiming;
  readonly capabilities: readonly string[];
}

export interface IdentityCreator {
  createIdentity(change: IdentityChange): Promise<void>;
  /** The guard alone: Google has no way to ask without doing. */
  previewIdentity(change: IdentityChange): Promise<void>;
}

/**
 * Asks Google for its account of a service in a project (FACTS 4: only serviceusage v1beta1 can). Asking again does no
 * harm. IAM may take minutes to know the new account: a grant that comes too early is refused, and comes back.
 */
export function createIdentityCreator({ clients, timing, capabilities }: IdentityCreatorParts): IdentityCreator {
  return {
    async createIdentity(change) {
      assertLegalIdentity(change, capabilities);
      const project = projectOf(change.resource);
      const parent = `projects/${project}/services/${change.service}`;
      const usage = await clients.serviceUsage();
      const { data } = await withRetry(() => usage.services.generateServiceIdentity({ parent }), timing, {
        limits: writeLimits,
      }).catch((error: unknown) => {
        const whenDenied = `Ask an administrator to run: ${buildIdentityCommand(project)}`;
        throw toWriteError(error, { resource: change.resource, wasSent: true, whenDenied });
      });
      if (data.error)
        throw new AppError('write-failed', `${change.resource}: ${data.error.message ?? 'no reason given'}`);
    },
    async previewIdentity(change) {
      assertLegalIdentity(change, capabilities);
    },
  };
}
