import type { Settings } from '../../config.ts';
import { type InvokingGrant, levelsOf, listInvokingGrants, readAccess } from '../estate/access.ts';
import type { AccessPath } from '../estate/access-paths.ts';
import { readIapAccess } from '../estate/iap-access.ts';
import { resolveWantedIdentities } from '../estate/wanted-identities.ts';
import type { Evaluation } from '../evaluate.ts';
import { compareText, type Finding } from '../finding.ts';
import type { Inventory, RunService } from '../inventory.ts';
import type { Hop, HopState } from './hop.ts';
import { isEverybody, listWho } from './judge-grants.ts';
import { listUrls } from './list-urls.ts';

/** The words of `sallyport.explain/v1` for a hop's states: `open` = pass, `shut` = fail. */
export type DoorState = 'open' | 'shut' | 'unguarded' | 'unknown';

/** A hop in the words of `sallyport.explain/v1`. */
export interface Door {
  readonly door: 'iap' | 'ingress' | 'invoker';
  readonly state: DoorState;
  readonly why: string;
  readonly who?: readonly string[];
  readonly commands: readonly string[];
}

export interface ExplainedWay {
  /** `BACKEND > NEG`, `direct`, or `run.app` for the service's default URL. */
  readonly via: string;
  /** Which URLs lead this way, as far as balancers were read. */
  readonly urls: readonly string[];
  /** In the order in which a request meets them. */
  readonly hops: readonly Hop[];
  /** The same in the words of v1. */
  readonly doors: readonly Door[];
}

/**
 * Every way to one regional service, door by door: who may pass, where a request of one caller asks whether *they* do
 * (`explainRequest`). Schema `sallyport.explain/v1`.
 */
export interface ServiceExplanation {
  readonly service: string;
  readonly region: string;
  readonly ways: readonly ExplainedWay[];
  readonly findings: readonly Finding[];
}

/** Explains one service of an evaluated estate. Pure; doors that were not read are `unknown`, never open. */
export function explainService(
  service: RunService,
  inventory: Inventory,
  evaluation: Evaluation,
  settings: Settings,
): ServiceExplanation {
  // An exemption is a decision to live with a door as it is; what would mend it is asked for here all the same.
  const all = [...evaluation.findings, ...evaluation.exempt.map(({ finding }) => finding)];
  const paths = evaluation.paths.filter((path) => path.service.name === service.name);
  const asked = {
    service,
    inventory,
    settings,
    all,
    own: all.filter(({ resource }) => resource === service.name),
    grants: listInvokingGrants(inventory, levelsOf(inventory, service), isSomebody),
  };
  const ways = paths
    .toSorted((a, b) => compareText(a.via, b.via))
    .map((path) => {
      // Direct IAP stands behind the ingress check; a balancer's IAP in front of it.
      const iapAndIngress = [iapHop(path, asked), ingressHop(path, asked)];
      const hops = [...(path.through ? iapAndIngress : iapAndIngress.toReversed()), invokerHop(path, asked)];
      const urls = path.through ? listUrls(path.through.backend, inventory) : service.urls;
      return buildWay(path.via, urls, hops);
    });
  return {
    service: service.name,
    region: service.region,
    ways: [...ways, ...(paths.length > 0 ? defaultUrlWay(asked) : [])],
    findings: evaluation.findings.filter(({ resource }) => resource === service.name),
  };
}

interface Asked {
  readonly service: RunService;
  readonly inventory: Inventory;
  readonly settings: Settings;
  readonly all: readonly Finding[];
  /** About the service itself. */
  readonly own: readonly Finding[];
  readonly grants: readonly InvokingGrant[];
}

function iapHop(path: AccessPath, { service, inventory, all }: Asked): Hop {
  const guarded = path.through?.backend ?? service;
  const access = readIapAccess(inventory, guarded);
  const place = path.through ? 'the backend' : 'the service';
  const base = { hop: 'accessor', read: [guarded.name] } as const;
  if (!access || access.gaps.length > 0) {
    const why = `IAP is on at ${place}; whom it lets in was not read.`;
    return { ...base, state: 'unknown', why, commands: [] };
  }
  const who = [...new Set(access.accessors.map(({ member }) => member))].filter(isSomebody).sort(compareText);
  const related = all.filter(
    ({ resource, rule }) => resource === guarded.name && (rule === 'iap-open-to-all' || rule === 'iap-admits-nobody'),
  );
  return {
    ...base,
    state: who.some(isEverybody) ? 'unguarded' : who.length > 0 ? 'pass' : 'fail',
    why:
      who.length > 0
        ? `IAP is on at ${place} and lets in ${who.length} ${who.length === 1 ? 'accessor' : 'accessors'}.`
        : `IAP is on at ${place} and lets in nobody.`,
    who,
    commands: related.flatMap(({ fix }) => fix.gcloud),
  };
}

function ingressHop(path: AccessPath, asked: Asked): Hop {
  const { ingress, name, defaultUrlDisabled } = asked.service;
  const isExternal = path.through?.backend.loadBalancingScheme?.startsWith('EXTERNAL') ?? path.through !== undefined;
  const isShut = ingress === 'none' || (ingress === 'internal' && isExternal);
  const isOpenToAll = ingress === 'all' && path.through !== undefined && !defaultUrlDisabled;
  return {
    hop: 'ingress',
    state: isShut ? 'fail' : isOpenToAll ? 'unguarded' : 'pass',
    why: `Ingress is ${ingress}${isShut ? ': the balancer gets a 404' : ''}.`,
    read: [name],
    commands: commandsOf(asked, 'run-url-bypass', 'ingress-blocks-balancer'),
  };
}

function invokerHop(path: AccessPath, asked: Asked): Hop {
  const { service, inventory, settings, grants, own } = asked;
  const base = { hop: 'invoker', read: [service.name] } as const;
  if (service.invokerIamDisabled) {
    const why = 'The invoker check is disabled: whoever reaches the service is let in.';
    return { ...base, state: 'unguarded', why, commands: commandsOf(asked, 'invoker-check-disabled') };
  }
  if (!inventory.policies.has(service.name)) return unreadPolicy(base);
  const { wanted, unreadable } = resolveWantedIdentities(inventory, [path], settings.identity, new Set());
  if (unreadable.length > 0) {
    return { ...base, state: 'unknown', why: unreadable[0]?.message ?? '', commands: [] };
  }
  const decisive = wanted.filter(({ kind }) => kind === 'service-agent' || settings.identity.use === 'oauth-client');
  const missing = decisive.filter(({ member }) => readAccess(inventory, service, member).grantedOn.length === 0);
  const isPublic = grants.some(({ member }) => isEverybody(member));
  const names = decisive.map(({ member }) => member).join(', ');
  const isMissing = ({ rule, subject }: Finding) =>
    rule === 'iap-invoker-missing' && missing.some(({ member }) => member === subject);
  return {
    ...base,
    state: missing.length > 0 ? 'fail' : isPublic ? 'unguarded' : 'pass',
    why:
      missing.length > 0
        ? `IAP comes as ${missing.map(({ member }) => member).join(', ')} and may not invoke: users get a 403.`
        : `IAP comes as ${names} and may invoke.`,
    who: listWho(grants),
    commands:
      missing.length > 0 ? own.filter(isMissing).flatMap(({ fix }) => fix.gcloud) : commandsOf(asked, 'public-invoker'),
  };
}

/** The way past the balancer: its doors are ingress and invoker, and direct IAP where it is on. */
function defaultUrlWay(asked: Asked): readonly ExplainedWay[] {
  const { service, inventory, grants } = asked;
  if (service.ingress !== 'all' || service.defaultUrlDisabled || service.iapEnabled) return [];
  const isPublic = grants.some(({ member }) => isEverybody(member));
  const ingress: Hop = {
    hop: 'ingress',
    state: 'unguarded',
    why: 'Ingress is all and the default URL is on: the internet reaches the service past IAP.',
    read: [service.name],
    commands: commandsOf(asked, 'run-url-bypass'),
  };
  const base = { hop: 'invoker', read: [service.name] } as const;
  const invoker: Hop = {
    ...base,
    state: service.invokerIamDisabled || isPublic ? 'unguarded' : 'pass',
    why: 'Whoever may invoke comes in here without IAP.',
    who: listWho(grants),
    commands: commandsOf(asked, 'public-invoker', 'direct-invoker', 'invoker-check-disabled'),
  };
  const isRead = inventory.policies.has(service.name);
  return [buildWay('run.app', service.urls, [ingress, isRead ? invoker : unreadPolicy(base)])];
}

function unreadPolicy(base: Pick<Hop, 'hop' | 'read'>): Hop {
  return { ...base, state: 'unknown', why: 'The policy of the service was not read.', commands: [] };
}

function commandsOf({ own }: Asked, ...rules: readonly string[]): readonly string[] {
  return own.filter(({ rule }) => rules.includes(rule)).flatMap(({ fix }) => fix.gcloud);
}

const stateWords: Readonly<Record<HopState, DoorState>> = {
  pass: 'open',
  fail: 'shut',
  unguarded: 'unguarded',
  unknown: 'unknown',
};

function buildWay(via: string, urls: readonly string[], hops: readonly Hop[]): ExplainedWay {
  const doors = hops.map(({ hop, state, read: _, ...rest }): Door => {
    const door = hop === 'accessor' ? 'iap' : hop === 'ingress' ? 'ingress' : 'invoker';
    return { door, state: stateWords[state], ...rest };
  });
  return { via, urls, hops, doors };
}

/** A principal that was deleted is nobody. */
function isSomebody(member: string): boolean {
  return !member.startsWith('deleted:');
}
