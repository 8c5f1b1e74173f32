import type { Inventory } from '../inventory.ts';

/** Several live projects read one by one, as one estate. What two of them read (a project above both) is taken once. */
export function mergeInventories(all: readonly [Inventory, ...Inventory[]]): Inventory {
  const [first] = all;
  if (all.length === 1) return first;
  const merge = <Value>(part: (one: Inventory) => ReadonlyMap<string, Value> | undefined) =>
    new Map(all.flatMap((one) => [...(part(one) ?? [])]));
  const inheritance = all.every((one) => one.source.inheritance === 'full') ? 'full' : 'partial';
  return {
    ...first,
    source: { ...first.source, inheritance },
    projects: merge((one) => one.projects),
    backends: [...new Map(all.flatMap((one) => one.backends.map((backend) => [backend.name, backend]))).values()],
    negs: merge((one) => one.negs),
    services: merge((one) => one.services),
    policies: merge((one) => one.policies),
    policyReadAt: merge((one) => one.policyReadAt),
    ...(all.some((one) => one.iapPolicies) ? { iapPolicies: merge((one) => one.iapPolicies) } : {}),
    ...mergePushPaths(all),
    iapPolicyGaps: merge((one) => one.iapPolicyGaps),
    lists: merge((one) => one.lists),
    recentlyOnPath: new Set(all.flatMap((one) => [...(one.recentlyOnPath ?? [])])),
    customRoles: merge((one) => one.customRoles),
    unreadable: all.flatMap((one) => one.unreadable),
    notEvaluated: all.flatMap((one) => one.notEvaluated),
  };
}

/** Subscriptions of one project may push to balancers of another; what one of them lacks is a gap of the whole. */
function mergePushPaths(all: readonly Inventory[]): Partial<Inventory> {
  const balancers = all.map((one) => one.balancers).filter((one) => one !== undefined);
  const isWhole = all.every(({ subscriptions }) => subscriptions);
  const unread = balancers.flatMap((one) => one.unread ?? []);
  return {
    ...(balancers.length > 0
      ? {
          balancers: {
            urlMaps: balancers.flatMap(({ urlMaps }) => urlMaps),
            frontends: balancers.flatMap(({ frontends }) => frontends),
            ...(unread.length > 0 ? { unread } : {}),
          },
        }
      : {}),
    ...(isWhole ? { subscriptions: all.flatMap(({ subscriptions = [] }) => subscriptions) } : {}),
    ...(all.some((one) => one.iapClients)
      ? { iapClients: new Map(all.flatMap((one) => [...(one.iapClients ?? [])])) }
      : {}),
  };
}
