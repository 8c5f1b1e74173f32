import type { Settings } from '../config.ts';
import { levelsOf, listInvokingGrants, readAccess } from './estate/access.ts';
import type { AccessPath } from './estate/access-paths.ts';
import { readIapAccess } from './estate/iap-access.ts';
import { resolveWantedIdentities } from './estate/wanted-identities.ts';
import type { Evaluation } from './evaluate.ts';
import { compareText, type Finding } from './finding.ts';
import type { Inventory, RunService } from './inventory.ts';

/** `open`: those who should pass do. `shut`: they do not. `unguarded`: others pass too. `unknown`: it was not read, so nothing is said. */
export type DoorState = 'open' | 'shut' | 'unguarded' | 'unknown';

/** One door on the way to a service, and who gets through it. */
export interface Door {
  readonly door: 'iap' | 'ingress' | 'invoker';
  readonly state: DoorState;
  /** What was read, in words. */
  readonly why: string;
  /** Who may pass, as policies spell them, and `(under a condition)` behind those who pass only so; absent = not known. */
  readonly who?: readonly string[];
  /** Commands that mend a door that is shut or unguarded. */
  readonly commands: readonly string[];
}

export interface ExplainedWay {
  /** `BACKEND > NEG`, `direct`, or `run.app` for the service's default URL. */
  readonly via: string;
  /** In the order in which a request meets them. */
  readonly doors: readonly Door[];
}

/** Every way to one regional service, door by door. Schema `sallyport.explain/v1`. */
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
  const findings = evaluation.findings.filter(({ resource }) => resource === service.name);
  // An exemption is a decision to live with a door as it is; what would mend it is asked for here all the same.
  const all = [...evaluation.findings, ...evaluation.exempt.map(({ finding }) => finding)];
  const own = all.filter(({ resource }) => resource === service.name);
  const commandsOf = (...rules: readonly string[]) =>
    own.filter(({ rule }) => rules.includes(rule)).flatMap(({ fix }) => fix.gcloud);
  const paths = evaluation.paths.filter((path) => path.service.name === service.name);
  const grants = listInvokingGrants(inventory, levelsOf(inventory, service), isSomebody);

  const ways = paths
    .toSorted((a, b) => compareText(a.via, b.via))
    .map((path) => ({
      via: path.via,
      doors: [
        // Direct IAP stands behind the ingress check; a balancer's IAP in front of it.
        ...(path.through ? [iapDoor(path), ingressDoor(path)] : [ingressDoor(path), iapDoor(path)]),
        invokerDoor(path),
      ],
    }));
  return { service: service.name, region: service.region, ways: [...ways, ...defaultUrlWay()], findings };

  function iapDoor(path: AccessPath): Door {
    const guarded = path.through?.backend ?? service;
    const access = readIapAccess(inventory, guarded);
    const place = path.through ? 'the backend' : 'the service';
    if (!access || access.gaps.length > 0) {
      return {
        door: 'iap',
        state: 'unknown',
        why: `IAP is on at ${place}; whom it lets in was not read.`,
        commands: [],
      };
    }
    const who = [...new Set(access.accessors.map(({ member }) => member))].filter(isSomebody).sort(compareText);
    const related = all.filter(
      ({ resource, rule }) => resource === guarded.name && (rule === 'iap-open-to-all' || rule === 'iap-admits-nobody'),
    );
    return {
      door: 'iap',
      state: who.some(isEverybody) ? 'unguarded' : who.length > 0 ? 'open' : 'shut',
      why:
        who.length > 0
          ? `IAP is on at ${place} and lets in ${who.length} ${who.length === 1 ? 'accessor' : 'accessors'}.`
          : `IAP is on at ${place} and lets in nobody.`,
      who,
      commands: related.flatMap(({ fix }) => fix.gcloud),
    };
  }

  function ingressDoor(path: AccessPath): Door {
    const { ingress } = service;
    const isExternal = path.through?.backend.loadBalancingScheme?.startsWith('EXTERNAL') ?? path.through !== undefined;
    const isShut = ingress === 'none' || (ingress === 'internal' && isExternal);
    const isOpenToAll = ingress === 'all' && path.through !== undefined && !service.defaultUrlDisabled;
    return {
      door: 'ingress',
      state: isShut ? 'shut' : isOpenToAll ? 'unguarded' : 'open',
      why: `Ingress is ${ingress}${isShut ? ': the balancer gets a 404' : ''}.`,
      commands: commandsOf('run-url-bypass', 'ingress-blocks-balancer'),
    };
  }

  function invokerDoor(path: AccessPath): Door {
    if (service.invokerIamDisabled) {
      const why = 'The invoker check is disabled: whoever reaches the service is let in.';
      return { door: 'invoker', state: 'unguarded', why, commands: commandsOf('invoker-check-disabled') };
    }
    if (!inventory.policies.has(service.name)) {
      return { door: 'invoker', state: 'unknown', why: 'The policy of the service was not read.', commands: [] };
    }
    const { wanted, unreadable } = resolveWantedIdentities(inventory, [path], settings.identity, new Set());
    if (unreadable.length > 0) {
      return { door: 'invoker', state: 'unknown', why: unreadable[0]?.message ?? '', commands: [] };
    }
    const decisive = wanted.filter(({ kind }) => kind === 'service-agent' || settings.identity.use === 'oauth-client');
    const missing = decisive.filter(({ member }) => readAccess(inventory, service, member).grantedOn.length === 0);
    const isPublic = grants.some(({ member }) => isEverybody(member));
    const names = decisive.map(({ member }) => member).join(', ');
    return {
      door: 'invoker',
      state: missing.length > 0 ? 'shut' : isPublic ? 'unguarded' : 'open',
      why:
        missing.length > 0
          ? `IAP comes as ${missing.map(({ member }) => member).join(', ')} and may not invoke: users get a 403.`
          : `IAP comes as ${names} and may invoke.`,
      who: invokers(),
      commands:
        missing.length > 0
          ? own
              .filter(
                ({ rule, subject }) => rule === 'iap-invoker-missing' && missing.some((one) => one.member === subject),
              )
              .flatMap(({ fix }) => fix.gcloud)
          : commandsOf('public-invoker'),
    };
  }

  /** The way past the balancer: its doors are ingress and invoker, and direct IAP where it is on. */
  function defaultUrlWay(): readonly ExplainedWay[] {
    if (service.ingress !== 'all' || service.defaultUrlDisabled || service.iapEnabled || paths.length === 0) return [];
    const isPublic = grants.some(({ member }) => isEverybody(member));
    const isRead = inventory.policies.has(service.name);
    const ingress: Door = {
      door: 'ingress',
      state: 'unguarded',
      why: 'Ingress is all and the default URL is on: the internet reaches the service past IAP.',
      commands: commandsOf('run-url-bypass'),
    };
    const invoker: Door = isRead
      ? {
          door: 'invoker',
          state: service.invokerIamDisabled || isPublic ? 'unguarded' : 'open',
          why: 'Whoever may invoke comes in here without IAP.',
          who: invokers(),
          commands: commandsOf('public-invoker', 'direct-invoker', 'invoker-check-disabled'),
        }
      : { door: 'invoker', state: 'unknown', why: 'The policy of the service was not read.', commands: [] };
    return [{ via: 'run.app', doors: [ingress, invoker] }];
  }

  function invokers(): readonly string[] {
    const always = new Set(grants.filter(({ condition }) => condition === undefined).map(({ member }) => member));
    return [...new Set(grants.map(({ member }) => member))]
      .sort(compareText)
      .map((member) => (always.has(member) ? member : `${member} (under a condition)`));
  }
}

function isEverybody(member: string): boolean {
  return member === 'allUsers' || member === 'allAuthenticatedUsers';
}

/** A principal that was deleted is nobody. */
function isSomebody(member: string): boolean {
  return !member.startsWith('deleted:');
}
