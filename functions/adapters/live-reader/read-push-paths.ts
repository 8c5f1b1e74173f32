import { iapLevelsOf } from '../../core/estate/iap-levels.ts';
import { joinBalancers } from '../../core/estate/join-balancers.ts';
import type { NormalizeOptions } from '../../core/estate/normalize/canonical-project.ts';
import { parseList, parseText } from '../../core/estate/normalize/fields.ts';
import {
  normalizeCertificate,
  normalizeForwardingRule,
  normalizeTargetProxy,
} from '../../core/estate/normalize/frontend-parts.ts';
import { normalizeIapClients } from '../../core/estate/normalize/iap-clients.ts';
import { normalizeSubscription } from '../../core/estate/normalize/subscription.ts';
import { normalizeUrlMap } from '../../core/estate/normalize/url-map.ts';
import { listPushPaths } from '../../core/estate/push-paths.ts';
import { buildProjectName } from '../../core/estate/resource-name.ts';
import type { Backend, IapClients, Inventory, PushSubscription, Unreadable } from '../../core/inventory.ts';
import { AppError } from '../../errors.ts';
import { GoogleApiDisabled, GoogleNotFound } from '../google-read.ts';
import { listBalancers } from './list-balancers.ts';
import type { RawList } from './raw-list.ts';
import type { Reading } from './reading.ts';

type Balancing = Required<Pick<Inventory, 'balancers'>> & {
  readonly unreadable: readonly Unreadable[];
};

/**
 * Balancers of a project, in five lists. A list that is closed, or a region that could not be looked into, is a gap of
 * `balancers.unread`: what was read of the rest is still used.
 */
export async function readBalancers(reading: Reading, project: string, options: NormalizeOptions): Promise<Balancing> {
  const raw = listBalancers(await reading.clients.compute(), reading.read, project);
  const [urlMaps, httpsProxies, httpProxies, forwardingRules, certificates] = await Promise.all([
    unlessDenied(raw.urlMaps),
    unlessDenied(raw.httpsProxies),
    unlessDenied(raw.httpProxies),
    unlessDenied(raw.forwardingRules),
    unlessDenied(raw.certificates),
  ]);
  const all = [urlMaps, httpsProxies, httpProxies, forwardingRules, certificates];
  const unreadable = all.flatMap((list) => list?.unreadable ?? []);
  const closed = all.includes(undefined) ? [buildProjectName(project)] : [];
  const each = <T>(list: RawList | undefined, normalize: (item: unknown, given: NormalizeOptions) => T | undefined) =>
    (list?.items ?? []).map((item) => normalize(item, options)).filter((item) => item !== undefined);
  const balancers = joinBalancers({
    urlMaps: each(urlMaps, normalizeUrlMap),
    proxies: [...each(httpsProxies, normalizeTargetProxy), ...each(httpProxies, normalizeTargetProxy)],
    rules: each(forwardingRules, normalizeForwardingRule),
    certificates: each(certificates, normalizeCertificate),
    unread: [...closed, ...unreadable.map(({ resource }) => resource)],
  });
  return { balancers, unreadable };
}

/** Push subscriptions of a project; undefined where they may not be listed. Where Pub/Sub is off there are none. */
export async function readSubscriptions(
  { clients, read }: Reading,
  project: string,
  options: NormalizeOptions,
): Promise<readonly PushSubscription[] | undefined> {
  const pubsub = await clients.pubsub();
  const subject = { resource: buildProjectName(project), what: 'the subscriptions', role: 'roles/pubsub.viewer' };
  const found: PushSubscription[] = [];
  let next: string | undefined;
  try {
    do {
      const token = next === undefined ? {} : { pageToken: next };
      const { data } = await read(subject, () =>
        pubsub.projects.subscriptions.list({ project: `projects/${project}`, pageSize: 1000, ...token }),
      );
      for (const raw of parseList(data.subscriptions)) {
        const subscription = normalizeSubscription(raw, options);
        if (subscription) found.push(subscription);
      }
      next = parseText(data.nextPageToken);
    } while (next !== undefined);
  } catch (error) {
    if (error instanceof GoogleApiDisabled) return [];
    if (isDenied(error)) return undefined;
    throw error;
  }
  return found;
}

/** What IAP's settings say of OAuth clients, of the backends that pushes reach; one call each, inherited parts included. */
export async function readIapClients(reading: Reading, inventory: Inventory): Promise<ReadonlyMap<string, IapClients>> {
  const pushes = listPushPaths(inventory);
  const backends = new Set(pushes.flatMap(({ iapBackends }) => iapBackends));
  const found = new Map<string, IapClients>();
  const reads = [...backends].map(async (backend) => {
    const clients = await readClients(reading, inventory, backend);
    if (clients) found.set(backend.name, clients);
  });
  await Promise.all(reads);
  return found;
}

async function readClients(
  { clients, read }: Reading,
  inventory: Inventory,
  backend: Backend,
): Promise<IapClients | undefined> {
  const [level = ''] = iapLevelsOf(inventory, backend);
  const iap = await clients.iap();
  const subject = { resource: level, what: "IAP's settings", role: 'roles/iap.settingsAdmin' };
  try {
    const { data } = await read(subject, () =>
      iap.v1.getIapSettings({ name: level.slice('//iap.googleapis.com/'.length) }),
    );
    return normalizeIapClients(data);
  } catch (error) {
    if (isDenied(error) || error instanceof GoogleNotFound) return undefined;
    throw error;
  }
}

async function unlessDenied(list: Promise<RawList>): Promise<RawList | undefined> {
  try {
    return await list;
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof AppError && error.code === 'read-denied';
}
