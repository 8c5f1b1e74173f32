import type { Clock, Logger, Writer } from '../core/world.ts';
import { createCustomAudienceWriter } from './custom-audience-writer.ts';
import { dryRun } from './dry-run-writer.ts';
import type { GoogleClients } from './google-clients.ts';
import { createIdentityCreator } from './identity-creator.ts';
import { createIngressWriter } from './ingress-writer.ts';
import { createPolicyApi } from './policy-api.ts';
import { createPolicyWriter } from './policy-writer.ts';
import { createPushWriter } from './push-writer.ts';
import { createServiceApi } from './service-api.ts';
import { createSubscriptionApi } from './subscription-api.ts';
import type { RetryTiming } from './with-retry.ts';

export interface WriterParts {
  readonly clients: GoogleClients;
  readonly clock: Clock;
  readonly timing: RetryTiming;
  /** The guards let pass what these can do, and nothing else. */
  readonly capabilities: readonly string[];
  readonly log: Logger;
}

/** The one writer of a world, made of one adapter a kind of change, and its dry run. */
export function createWriter(parts: WriterParts): { readonly writer: Writer; readonly preview: Writer } {
  const { clients, clock, timing, capabilities, log } = parts;
  const repeated = (message: string) => (attempt: number, status: number | undefined) =>
    log.debug(message, { attempt, status });
  const api = createPolicyApi(clients);
  const subscriptions = createSubscriptionApi(clients);
  const services = createServiceApi(clients);
  const policies = createPolicyWriter({
    api,
    subscriptions,
    clock,
    timing,
    capabilities,
    onRetry: repeated('policy write repeated'),
  });
  const ingress = createIngressWriter({
    services,
    policies: api,
    timing,
    capabilities,
    onRetry: repeated('ingress update repeated'),
  });
  const pushes = createPushWriter({ subscriptions, timing, capabilities, onRetry: repeated('push update repeated') });
  const audiences = createCustomAudienceWriter({
    services,
    subscriptions,
    timing,
    capabilities,
    onRetry: repeated('custom audience update repeated'),
  });
  const identities = createIdentityCreator({ clients, timing, capabilities });
  return {
    writer: {
      changePolicy: (change) => policies.changePolicy(change),
      changeIngress: (change) => ingress.changeIngress(change),
      changePushAudience: (change) => pushes.changePushAudience(change),
      changeCustomAudience: (change) => audiences.changeCustomAudience(change),
      createIdentity: (change) => identities.createIdentity(change),
    },
    preview: dryRun({ policies, ingress, pushes, audiences, identities }),
  };
}
