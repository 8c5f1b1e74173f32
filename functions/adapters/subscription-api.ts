import type { PushState } from '../core/change/change.ts';
import { parseRecord, parseText } from '../core/estate/normalize/fields.ts';
import { AppError } from '../errors.ts';
import type { ReadClients } from './read-clients.ts';

/** Reads one subscription's push configuration and replaces it, one request each; errors come as the client threw them. */
export interface SubscriptionApi {
  get(resource: string): Promise<PushState>;
  /** The push configuration whole: Pub/Sub's mask names no parts of it that can be relied on. */
  setPushConfig(resource: string, pushConfig: PushState['pushConfig']): Promise<void>;
}

export function createSubscriptionApi(clients: Pick<ReadClients, 'pubsub'>): SubscriptionApi {
  return {
    async get(resource) {
      const { data } = await (await clients.pubsub()).projects.subscriptions.get({ subscription: shortName(resource) });
      return parsePushState(resource, data);
    },
    async setPushConfig(resource, pushConfig) {
      const name = shortName(resource);
      await (await clients.pubsub()).projects.subscriptions.patch({
        name,
        requestBody: { subscription: { name, pushConfig: { ...pushConfig } }, updateMask: 'pushConfig' },
      });
    },
  };
}

function parsePushState(resource: string, data: unknown): PushState {
  const raw = parseRecord(data);
  if (parseText(raw?.['name']) === undefined)
    throw new AppError('read-failed', `${resource}: the answer is no subscription.`);
  const pushConfig = parseRecord(raw?.['pushConfig']) ?? {};
  const token = parseRecord(pushConfig['oidcToken']);
  const account = parseText(token?.['serviceAccountEmail']);
  const audience = parseText(token?.['audience']);
  return {
    pushConfig,
    endpoint: parseText(pushConfig['pushEndpoint']) ?? '',
    ...(account === undefined ? {} : { account }),
    ...(audience === undefined ? {} : { audience }),
  };
}

function shortName(resource: string): string {
  return resource.slice('//pubsub.googleapis.com/'.length);
}
