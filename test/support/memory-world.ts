import { isCustomAudienceSet } from '../../functions/actions/add-custom-audience.ts';
import { isAudienceSet } from '../../functions/actions/set-push-audience.ts';
import { parseSettings, type Settings } from '../../functions/config.ts';
import {
  assertLegalCustomAudience,
  assertLegalPush,
  buildCustomAudiencePatch,
  buildPushConfig,
} from '../../functions/core/change/audience-guard.ts';
import type { ChangeRequest, PolicyChange, PushState, ServiceState } from '../../functions/core/change/change.ts';
import { assertLegalIdentity } from '../../functions/core/change/identity-guard.ts';
import { assertLegalIngress } from '../../functions/core/change/ingress-guard.ts';
import { buildIngressPatch } from '../../functions/core/change/ingress-patch.ts';
import { addMembers, removeMembers } from '../../functions/core/change/policy-edit.ts';
import { assertGrantsStay, assertLegalChange } from '../../functions/core/change/policy-guard.ts';
import { isSameJson } from '../../functions/core/change/same-json.ts';
import type { Inventory, Policy } from '../../functions/core/inventory.ts';
import type { Ledger } from '../../functions/core/ledger.ts';
import type { Logger, World } from '../../functions/core/world.ts';
import { AppError } from '../../functions/errors.ts';

export interface MemoryWorld extends World {
  /** Policies as they are now, by full resource name: tests look at the world afterwards, not at calls. */
  readonly policies: Map<string, Policy>;
  /** Ingress and version of services as they are now. */
  readonly services: Map<string, ServiceState>;
  /** Push configurations of subscriptions as they are now. */
  readonly pushes: Map<string, PushState>;
  /** Projects that were given a service agent. */
  readonly identities: string[];
  /** Every policy write, in order. */
  readonly writes: PolicyChange[];
  /** Every write of any kind, in order. */
  readonly changes: ChangeRequest[];
  readonly lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[];
  time: number;
}

export interface MemoryOptions {
  readonly ledger: Ledger;
  readonly settings?: unknown;
  /** Default: the settings'. */
  readonly capabilities?: readonly string[];
  /** Members that IAM refuses; those of service agents, until one is created. */
  readonly unknownMembers?: readonly string[];
  /** Google lets nobody create a service agent. */
  readonly refusesIdentities?: boolean;
  /** Thrown by the next write, once. */
  readonly failNext?: AppError[];
  /** Somebody else, between the reads and each write. */
  readonly beforeWrite?: (world: MemoryWorld, change: ChangeRequest) => void;
  /** Looks at what each write left. */
  readonly afterWrite?: (world: MemoryWorld, change: ChangeRequest) => void;
}

/** A world in memory: an inventory whose policies and services a writer with the real edits and guards changes, and a clock that tests turn. */
export function buildMemoryWorld(start: Inventory | (() => Inventory), options: MemoryOptions): MemoryWorld {
  const read = typeof start === 'function' ? start : () => start;
  const settings: Settings = parseSettings(options.settings);
  const capabilities = options.capabilities ?? settings.capabilities;
  const policies = new Map(read().policies);
  const services = new Map<string, ServiceState>();
  const pushes = new Map<string, PushState>();
  const identities: string[] = [];
  const writes: PolicyChange[] = [];
  const changes: ChangeRequest[] = [];
  const lines: MemoryWorld['lines'] = [];
  let etags = 1;
  const stateOf = (name: string): ServiceState => {
    const { ingress = 'all', customAudiences = [] } = read().services.get(name) ?? {};
    return services.get(name) ?? { etag: 'service-1', generation: '1', ingress, customAudiences };
  };

  const pushOf = (name: string): PushState => {
    const { endpoint = '', oidc } = read().subscriptions?.find((one) => one.name === name) ?? {};
    const { serviceAccount, audience } = oidc ?? {};
    const set = audience === undefined ? {} : { audience };
    const token = serviceAccount === undefined ? {} : { oidcToken: { serviceAccountEmail: serviceAccount, ...set } };
    const account = serviceAccount === undefined ? {} : { account: serviceAccount };
    return pushes.get(name) ?? { pushConfig: { pushEndpoint: endpoint, ...token }, endpoint, ...account, ...set };
  };

  const world: MemoryWorld = {
    time: 1_800_000_000_000,
    policies,
    services,
    pushes,
    identities,
    writes,
    changes,
    lines,
    settings,
    capabilities,
    ledger: options.ledger,
    clock: { now: () => world.time },
    log: buildLog(),
    reader: {
      async readProject() {
        const at = [...policies.keys()].map((name) => [name, world.time] as const);
        const now = [...read().services].map(([name, one]) => {
          const { ingress, customAudiences = [] } = stateOf(name);
          return [name, { ...one, ingress, customAudiences }] as const;
        });
        const { subscriptions } = read();
        const pushing = subscriptions?.map((one) => {
          const { endpoint, account, audience } = pushOf(one.name);
          const token = account && { serviceAccount: account, ...(audience === undefined ? {} : { audience }) };
          return { ...one, endpoint, ...(token ? { oidc: token } : {}) };
        });
        return {
          ...read(),
          ...(pushing ? { subscriptions: pushing } : {}),
          policies: new Map(policies),
          services: new Map(now),
          policyReadAt: new Map(at),
        };
      },
      async readPolicy(resource) {
        return { policy: policies.get(resource) ?? {}, readAt: world.time };
      },
      async readServiceState(resource) {
        return stateOf(resource);
      },
      async readPushState(resource) {
        return pushOf(resource);
      },
    },
    writer: {
      async changePolicy(change) {
        meet(change);
        const before = policies.get(change.resource) ?? {};
        const edit = change.kind === 'add' ? addMembers : removeMembers;
        const next = edit(before, change.role, change.members, change.condition);
        if (next === before) return { changed: false, before, after: before };
        assertLegalChange(before, next, change, capabilities);
        assertGrantsStay(next, change);
        const refused = change.kind === 'add' && change.members.find(isUnknown);
        if (refused) throw new AppError('principal-does-not-exist', `Service account ${refused} does not exist.`);
        writes.push(change);
        changes.push(change);
        etags += 1;
        const after = { ...next, etag: `etag-${etags}` };
        policies.set(change.resource, after);
        options.afterWrite?.(world, change);
        return { changed: true, before, after };
      },
      async changeIngress(change) {
        meet(change);
        const before = stateOf(change.resource);
        if (before.ingress === change.ingress) return { changed: false, before, after: before };
        if ((change.generation ?? before.generation) !== before.generation) {
          throw new AppError('undo-changed-since', 'The service has been changed by others.');
        }
        assertLegalIngress(before, buildIngressPatch(before, change), change, capabilities);
        assertGrantsStay(policies.get(change.resource) ?? {}, change);
        changes.push(change);
        const next = Number(before.generation) + 1;
        const after = { ...before, etag: `service-${next}`, generation: String(next), ingress: change.ingress };
        services.set(change.resource, after);
        options.afterWrite?.(world, change);
        return { changed: true, before, after };
      },
      async changePushAudience(change) {
        meet(change);
        const before = pushOf(change.resource);
        if (isAudienceSet(before, change)) return { changed: false, before, after: before };
        if (change.pushConfig !== undefined && !isSameJson(change.pushConfig, before.pushConfig)) {
          throw new AppError('undo-changed-since', 'The subscription has been changed by others.');
        }
        const pushConfig = buildPushConfig(before, change);
        assertLegalPush(before, pushConfig, change, capabilities);
        changes.push(change);
        const { audience: _, ...rest } = before;
        const after = { ...rest, pushConfig, ...(change.audience === undefined ? {} : { audience: change.audience }) };
        pushes.set(change.resource, after);
        options.afterWrite?.(world, change);
        return { changed: true, before, after };
      },
      async changeCustomAudience(change) {
        meet(change);
        const before = stateOf(change.resource);
        if (isCustomAudienceSet(before, change)) return { changed: false, before, after: before };
        if ((change.generation ?? before.generation) !== before.generation) {
          throw new AppError('undo-changed-since', 'The service has been changed by others.');
        }
        const patch = buildCustomAudiencePatch(before, change);
        const endpoint = change.subscription === undefined ? undefined : pushOf(change.subscription).endpoint;
        assertLegalCustomAudience(before, patch, change, { capabilities, endpoint });
        changes.push(change);
        const next = Number(before.generation) + 1;
        const customAudiences = patch.body['customAudiences'] as readonly string[];
        const after = { ...before, etag: `service-${next}`, generation: String(next), customAudiences };
        services.set(change.resource, after);
        options.afterWrite?.(world, change);
        return { changed: true, before, after };
      },
      async createIdentity(change) {
        meet(change);
        assertLegalIdentity(change, capabilities);
        if (options.refusesIdentities) throw new AppError('write-denied', 'Permission denied.');
        changes.push(change);
        identities.push(change.resource);
      },
    },
  };
  return world;

  function isUnknown(member: string): boolean {
    const isCreated = member.includes('@gcp-sa-iap.') && identities.length > 0;
    return !isCreated && (options.unknownMembers?.includes(member) ?? false);
  }

  function meet(change: ChangeRequest): void {
    const fault = options.failNext?.shift();
    if (fault) throw fault;
    options.beforeWrite?.(world, change);
  }

  function buildLog(): Logger {
    const line =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
        lines.push({ level, message, fields });
      };
    const log: Logger = {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: () => log,
    };
    return log;
  }
}
