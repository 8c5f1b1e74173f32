import { isGoogles, matchUrl, type UrlMatch } from '../hosts/match-url.ts';
import type { Backend, Inventory, NotEvaluated, PushSubscription } from '../inventory.ts';
import { listIapBackends } from './iap-backends.ts';

/** A push subscription and where its endpoint leads. */
export interface PushPath {
  readonly subscription: PushSubscription;
  readonly match: UrlMatch;
  /** Backends that a push may reach and that were read, each once. */
  readonly backends: readonly Backend[];
  /** Those of them that are IAP backends (CONTRACT 1). */
  readonly iapBackends: readonly Backend[];
  /** Why nobody can say where a push arrives; absent = it is certain. */
  readonly doubt?: string;
}

const known = new WeakMap<Inventory, readonly PushPath[]>();

/** Where each push subscription's endpoint leads; Google pushes from outside. Found once for all rules that ask. */
export function listPushPaths(inventory: Inventory): readonly PushPath[] {
  const found = known.get(inventory) ?? findPushPaths(inventory);
  known.set(inventory, found);
  return found;
}

/** Subscriptions that certainly push to IAP. */
export function listIapPushes(inventory: Inventory): readonly PushPath[] {
  return listPushPaths(inventory).filter(({ doubt, iapBackends }) => doubt === undefined && iapBackends.length > 0);
}

/**
 * What a push rule cannot say: subscriptions whose endpoint cannot be followed, unless all that it may reach is known and
 * `isConcerned` says of none of it that the rule is about it.
 */
export function listPushBlanks(
  rule: string,
  inventory: Inventory,
  isConcerned: (push: PushPath) => boolean,
): readonly NotEvaluated[] {
  if (inventory.subscriptions === undefined || inventory.balancers === undefined) return notRead(rule, inventory);
  return listPushPaths(inventory).flatMap((push) =>
    push.doubt !== undefined && isConcerned(push)
      ? [{ rule, reason: push.doubt, resource: push.subscription.name }]
      : [],
  );
}

/** Whether one of the ways that are open leads to IAP, or to somewhere that was not read. */
export function mayReachIap({ iapBackends, match, backends }: PushPath): boolean {
  return iapBackends.length > 0 || reachesUnread(match, backends);
}

/** Whether something that the endpoint may reach was not read: a URL map, a backend of another project. */
function reachesUnread({ candidates, why }: UrlMatch, backends: readonly Backend[]): boolean {
  if (why.includes('balancers-not-read') || why.includes('url-map-not-read') || why.includes('path-matcher-missing'))
    return true;
  const read = new Set(backends.map(({ name }) => name));
  return candidates.some(({ targets }) =>
    targets.some((target) => target.kind === 'backends' && target.backends.some(({ backend }) => !read.has(backend))),
  );
}

/** An export says of each rule itself what its input lacks (CONTRACT 3). */
function notRead(rule: string, { source, subscriptions, balancers }: Inventory): readonly NotEvaluated[] {
  if (source.kind === 'live')
    return [{ rule, reason: subscriptions ? 'balancers-not-read' : 'subscriptions-not-read' }];
  const isAsked = subscriptions?.some(({ endpoint }) => !isGoogles(URL.parse(endpoint)?.hostname ?? '')) ?? false;
  return isAsked && !balancers ? [{ rule, reason: 'no-balancers-in-input' }] : [];
}

function findPushPaths(inventory: Inventory): readonly PushPath[] {
  const { subscriptions = [], balancers } = inventory;
  if (!balancers) return [];
  const byName = new Map(inventory.backends.map((backend) => [backend.name, backend]));
  const guarded = new Set(listIapBackends(inventory).map(({ backend }) => backend));
  const matches = new Map<string, UrlMatch>();
  return subscriptions.map((subscription) => {
    const match =
      matches.get(subscription.endpoint) ?? matchUrl(subscription.endpoint, balancers, { fromOutside: true });
    matches.set(subscription.endpoint, match);
    const names = match.candidates.flatMap(({ targets }) =>
      targets.flatMap((target) => (target.kind === 'backends' ? target.backends.map(({ backend }) => backend) : [])),
    );
    const distinct = [...new Set(names)];
    const backends = distinct.map((name) => byName.get(name)).filter((backend) => backend !== undefined);
    const doubt =
      match.certainty !== 'certain' ? match.why[0] : backends.length < distinct.length ? 'backend-not-read' : undefined;
    return {
      subscription,
      match,
      backends,
      iapBackends: backends.filter((backend) => guarded.has(backend)),
      ...(doubt === undefined ? {} : { doubt }),
    };
  });
}
