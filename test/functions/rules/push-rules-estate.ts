import type { Inventory, Policy, PushSubscription, RunService } from '../../../functions/core/inventory.ts';
import { balancers, to, urlMap } from '../../support/balancer.ts';
import { backend, clientId, inventory, neg, policy, service } from '../../support/estate.ts';

/** `shop.acme.example` leads to an IAP backend with an OAuth client, and a subscription pushes there as it should. */
export const guarded = backend([neg(service())], { id: '7001', oauth2ClientId: clientId });
export const pusher = 'push@acme-prod.iam.gserviceaccount.com';
export const subscriptionName = '//pubsub.googleapis.com/projects/acme-prod/subscriptions/orders';
export const accessor = 'roles/iap.httpsResourceAccessor';

export function subscription(over: Partial<PushSubscription> = {}): PushSubscription {
  return {
    name: subscriptionName,
    project: 'acme-prod',
    topic: 'projects/acme-prod/topics/orders',
    endpoint: 'https://shop.acme.example/hook',
    oidc: { serviceAccount: pusher, audience: clientId },
    ...over,
  };
}

export function withToken(audience: string | undefined): PushSubscription {
  return subscription({ oidc: { serviceAccount: pusher, ...(audience === undefined ? {} : { audience }) } });
}

export function pushEstate(one: PushSubscription, more: Partial<Inventory> = {}): Inventory {
  return inventory({
    backends: [guarded],
    more: {
      balancers: balancers(urlMap(to(guarded))),
      subscriptions: [one],
      iapClients: new Map([[guarded.name, { programmaticClients: [] }]]),
      iapPolicies: new Map([[guarded.name, admitting(`serviceAccount:${pusher}`)]]),
      ...more,
    },
  });
}

export function admitting(...members: string[]): readonly Policy[] {
  return [policy({ role: accessor, members })];
}

/** The same service in two regions behind one backend without IAP. */
export function regionalEstate(
  one: PushSubscription,
  { services, ...more }: Partial<Omit<Inventory, 'services'>> & { readonly services?: readonly RunService[] } = {},
): Inventory {
  const both = services ?? [service('europe-west1'), service('us-central1')];
  const open = backend(
    both.map((each) => neg(each)),
    { iapEnabled: false },
  );
  return inventory({
    services: both,
    backends: [open],
    more: { balancers: balancers(urlMap(to(open))), subscriptions: [one], ...more },
  });
}
