import { iapLevelsOf, isIapLevel } from '../../core/estate/iap-levels.ts';
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
import type { IapClients, Inventory, PushSubscription, Unreadable } from '../../core/inventory.ts';
import { AppError } from '../../errors.ts';
import { GoogleApiDisabled, GoogleNotFound } from '../google-read.ts';
import { listBalancers } from './list-balancers.ts';
import type { RawList } from './raw-list.ts';
import { listGuarded } from './read-iap-policies.ts';
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

/**
 * What IAP's settings say of OAuth clients, of the backends that pushes reach, or (`isEvery`) of all that IAP guards. Settings
 * are inherited; whether an answer holds the inherited parts is not documented, so each of IAP's levels is asked, once.
 */
export async function readIapClients(
  reading: Reading,
  inventory: Inventory,
  isEvery: boolean,
): Promise<ReadonlyMap<string, IapClients>> {
  const pushed = new Set(listPushPaths(inventory).flatMap(({ iapBackends }) => iapBackends));
  const guarded = isEvery ? listGuarded(inventory, true) : [...pushed];
  const asked = new Map<string, Promise<unknown>>();
  const settingsOf = (level: string) => {
    const answer = asked.get(level) ?? readSettings(reading, level);
    asked.set(level, answer);
    return answer;
  };
  const found = new Map<string, IapClients>();
  const reads = guarded.map(async (one) => {
    const levels = iapLevelsOf(inventory, one).filter(isIapLevel);
    const answers = await Promise.all(levels.map(settingsOf));
    if (!answers.includes(undefined)) found.set(one.name, normalizeIapClients(answers));
  });
  await Promise.all(reads);
  return found;
}

/** Undefined where they may not be read. */
async function readSettings({ clients, read }: Reading, level: string): Promise<unknown> {
  const iap = await clients.iap();
  const subject = { resource: level, what: "IAP's settings", role: 'roles/iap.settingsAdmin' };
  try {
    const { data } = await read(subject, () =>
      iap.v1.getIapSettings({ name: level.slice('//iap.googleapis.com/'.length) }),
    );
    return data;
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
