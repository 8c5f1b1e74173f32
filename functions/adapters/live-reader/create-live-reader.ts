import type { Settings } from '../../config.ts';
import type { Inventory } from '../../core/inventory.ts';
import type { Clock, InventoryReader, ProjectReader, ReadOptions } from '../../core/world.ts';
import type { GoogleClients } from '../google-clients.ts';
import { createGoogleRead, type GoogleRead } from '../google-read.ts';
import { createPolicyApi, type PolicyApi } from '../policy-api.ts';
import type { ReadClients } from '../read-clients.ts';
import { remember } from '../remember.ts';
import { createServiceApi } from '../service-api.ts';
import { createSubscriptionApi } from '../subscription-api.ts';
import type { RetryTiming } from '../with-retry.ts';
import { listServicesOnceBehindIap } from './list-services-once-behind-iap.ts';
import { lookUpProject, readAncestry } from './look-up-project.ts';
import { readAccessPolicies } from './read-access-policies.ts';
import { readCustomRole } from './read-custom-roles.ts';
import { listIapPolicies, readIapLevels } from './read-iap-policies.ts';
import { readPolicy, tryPolicy } from './read-policies.ts';
import { readBalancers, readIapClients, readSubscriptions } from './read-push-paths.ts';
import { readResources } from './read-resources.ts';
import type { Reading } from './reading.ts';

export interface LiveReaderParts extends ProjectReaderParts {
  readonly clients: GoogleClients;
}

export interface ProjectReaderParts {
  readonly clients: ReadClients;
  readonly clock: Clock;
  readonly timing: RetryTiming;
  readonly settings: Pick<Settings, 'urlMask'>;
}

/** Project look-ups, ancestors, policies above projects and custom roles change rarely and are shared by many projects. */
const slowlyChangingMs = 5 * 60_000;

/**
 * Reads one project from Google's live APIs. With K services on access paths, no folders and no custom roles it takes
 * 5 + K calls: ancestry, backends, NEGs, services, project policy, and a policy a service; one more, the look-up, when it
 * is asked by number or the project has no service (DESIGN 11). With `iapPolicies`, one more for each IAP backend and
 * service with direct IAP, one for each of their types, and one for the project's iap_web. With `pushPaths`, six more
 * (URL maps, two kinds of proxy, forwarding rules, certificates, subscriptions), and one for each IAP backend that a push
 * reaches, one for each of their types, and one for the project's iap_web. `everyDoor` adds one for each other service.
 */
export function createLiveReader(parts: LiveReaderParts): InventoryReader {
  const { clients, clock, timing } = parts;
  const read = createGoogleRead(timing);
  const policies = createPolicyApi(clients);
  const services = createServiceApi(clients);
  const subscriptions = createSubscriptionApi(clients);
  const reading = buildReading(parts, read, policies);
  return {
    readProject: (project, options) => readInventory(reading, project, options),
    async readPolicy(resource) {
      const policy = await readPolicy(policies, read, resource);
      return { policy, readAt: clock.now() };
    },
    async readServiceState(resource) {
      const subject = { resource, what: 'the service', role: 'roles/run.viewer' };
      return (await read(subject, () => services.get(resource))).state;
    },
    readPushState(resource) {
      const subject = { resource, what: 'the subscription', role: 'roles/pubsub.viewer' };
      return read(subject, () => subscriptions.get(resource));
    },
  };
}

/** The part of it that whoever changes nothing uses. */
export function createProjectReader(parts: ProjectReaderParts): ProjectReader {
  const reading = buildReading(parts, createGoogleRead(parts.timing), createPolicyApi(parts.clients));
  return { readProject: (project, options) => readInventory(reading, project, options) };
}

function buildReading(
  { clients, clock, settings }: ProjectReaderParts,
  read: GoogleRead,
  policies: PolicyApi,
): Reading {
  const now = () => clock.now();
  const slowly = <T>(ask: (name: string) => Promise<T>) => remember(now, slowlyChangingMs, ask);
  return {
    clients,
    read,
    urlMask: settings.urlMask,
    now,
    lookUp: slowly((project) => lookUpProject(clients, read, project)),
    ancestry: slowly((project) => readAncestry(clients, read, project)),
    policyOf: (resource) => tryPolicy(policies, read, resource),
    policyAbove: slowly((resource) => tryPolicy(policies, read, resource)),
    customRole: slowly(async (role) => readCustomRole(await clients.iam(), read, role)),
  };
}

async function readInventory(
  reading: Reading,
  project: string,
  { iapPolicies = false, pushPaths = false, everyDoor = false, recentlyOnPath = [], hadIapOn = [] }: ReadOptions = {},
): Promise<Inventory> {
  const resources = await readResources(reading, project);
  const { id } = resources.project;
  const options = { canonicalProject: (text: string) => (text === resources.project.number ? id : text) };
  const [access, iapLevels, balancing, subscriptions] = await Promise.all([
    readAccessPolicies(reading, resources, {
      alsoJudged: everyDoor
        ? [...resources.services.keys()]
        : [...recentlyOnPath, ...listServicesOnceBehindIap(resources, hadIapOn, reading.urlMask)],
      everyCustomRole: everyDoor,
    }),
    iapPolicies ? readIapLevels(reading, resources, everyDoor) : undefined,
    pushPaths ? readBalancers(reading, id, options) : undefined,
    pushPaths ? readSubscriptions(reading, id, options) : undefined,
  ]);
  const inventory: Inventory = {
    source: { kind: 'live', inheritance: access.inheritance } as const,
    projects: access.projects,
    backends: resources.backends,
    negs: resources.negs,
    services: access.services,
    policies: access.policies,
    policyReadAt: access.policyReadAt,
    recentlyOnPath: new Set(recentlyOnPath.filter((name) => access.services.has(name))),
    lists: new Map([[resources.project.id, resources.lists]]),
    customRoles: access.customRoles,
    ...(balancing ? { balancers: balancing.balancers } : {}),
    ...(subscriptions ? { subscriptions } : {}),
    unreadable: [...resources.unreadable, ...access.unreadable, ...(balancing?.unreadable ?? [])],
    notEvaluated: access.notEvaluated,
  };
  return {
    ...inventory,
    ...(iapLevels ? listIapPolicies(inventory, iapLevels, everyDoor) : {}),
    ...(subscriptions ? { iapClients: await readIapClients(reading, inventory, everyDoor) } : {}),
  };
}
