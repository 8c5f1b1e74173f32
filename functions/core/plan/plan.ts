import { buildIdentityChange } from '../../actions/create-service-identity.ts';
import { buildIngressChange } from '../../actions/restrict-ingress.ts';
import { buildRevokeChange } from '../../actions/revoke-invoker.ts';
import type { ChangeRequest } from '../change/change.ts';
import { isSameMember } from '../change/policy-edit.ts';
import type { Action, Finding, Mode } from '../finding.ts';
import { compareText } from '../finding.ts';
import type { Hold } from '../world.ts';
import { type Grant, groupGrants } from './group-grants.ts';
import type { PlannedChange, Write } from './planned-change.ts';
import { findRemovalWait, type RemovalContext, type RemovalWait } from './removal-waits.ts';

/** A fixable finding that is left as it is, and why. */
export interface LeftAlone {
  readonly finding: Finding;
  readonly why:
    | 'needs-approval'
    | 'paused'
    | 'observe-only'
    | 'capability-off'
    | 'on-hold'
    | 'limit-reached'
    | 'client-id-on-trial'
    | 'after-grants'
    | RemovalWait['why'];
  /** When it can be done (ms), where time alone helps. */
  readonly until?: number;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** How many changes the limits allowed. */
  readonly budget: number;
  readonly left: readonly LeftAlone[];
}

export interface PlanInput {
  readonly findings: readonly Finding[];
  /** Modes that may be applied: `enforce` alone for the functions, `approve` too where a person has said yes. */
  readonly modes: readonly Mode[];
  /** The kill switch is on: nothing is written. */
  readonly paused: boolean;
  readonly holds: readonly Hold[];
  /** How many changes the limits still allow. */
  readonly budget: number;
  /** When a finding was first seen (ms), for those seen before: oldest first up to the limit. */
  readonly openedAt: ReadonlyMap<string, number>;
  /** Client IDs that IAM has taken as a member before. */
  readonly acceptedClientIds: ReadonlySet<string>;
  /** What removals need; absent = a pass that shuts nothing. */
  readonly removals?: RemovalContext;
}

/**
 * What to write, in order: service agents, grants, and then what shuts a door. The agent's grant comes first, alone; a
 * client ID that IAM never took follows in a write of its own and on one service only, so that a refusal costs one call;
 * once accepted, both go in one write. Above the limit grants go on oldest first, and nothing is shut at all. Pure.
 */
export function planChanges(input: PlanInput): Plan {
  const left: LeftAlone[] = [];
  const grants: Grant[] = [];
  const identities: Write[] = [];
  const removals: Write[] = [];
  for (const finding of oldestFirst(input)) {
    const leave = reasonToLeave(finding, input);
    if (leave) {
      left.push({ finding, ...leave });
      continue;
    }
    for (const action of finding.fix.actions) {
      if (action.kind === 'grant-invoker') grants.push({ action, finding });
      else if (action.kind === 'create-service-identity')
        identities.push(buildOne(buildIdentityChange(action), finding));
      else removals.push(buildOne(buildRemoval(action, input), finding));
    }
  }
  const { writes, waiting } = groupGrants(grants, input.acceptedClientIds);
  left.push(...waiting.map((finding) => ({ finding, why: 'client-id-on-trial' as const })));
  const opening = [...identities, ...writes];
  const budget = Math.max(0, input.budget);
  const within = opening.length + removals.length <= budget ? [...opening, ...removals] : opening.slice(0, budget);
  const beyond = new Set([...opening, ...removals].filter((write) => !within.includes(write)).flatMap(findingsOf));
  left.push(...[...beyond].map((finding) => ({ finding, why: 'limit-reached' as const })));
  return {
    changes: within.map(({ findings, ...change }) => ({ ...change, findingIds: findings.map(({ id }) => id) })),
    left,
    budget: input.budget,
  };
}

/** What a hold is about: the member, or the word `ingress`. */
export function heldSubject(change: { readonly kind: string; readonly member?: string }): string {
  return change.member ?? 'ingress';
}

function oldestFirst({ findings, openedAt }: PlanInput): readonly Finding[] {
  const age = (finding: Finding): number => openedAt.get(finding.id) ?? Number.POSITIVE_INFINITY;
  return [...findings].sort((a, b) => {
    const [left, right] = [age(a), age(b)];
    return left === right ? compareText(a.resource, b.resource) || compareText(a.subject, b.subject) : left - right;
  });
}

function reasonToLeave(finding: Finding, input: PlanInput): Omit<LeftAlone, 'finding'> | undefined {
  const { modes, paused, holds, removals, openedAt } = input;
  const { actions } = finding.fix;
  if (finding.mode === 'observe') return { why: 'observe-only' };
  // What Sallyport would not do anyhow does not wait for anybody's yes.
  if (actions.length === 0) return { why: 'capability-off' };
  if (!modes.includes(finding.mode)) return { why: 'needs-approval' };
  if (paused) return { why: 'paused' };
  if (actions.some((action) => holds.some((hold) => isHeld(hold, action)))) return { why: 'on-hold' };
  const shut = actions.find(({ kind }) => kind === 'revoke-invoker' || kind === 'restrict-ingress');
  if (!shut) return undefined;
  if (!removals) return { why: 'after-grants' };
  return findRemovalWait({ resource: shut.resource, openedAt: openedAt.get(finding.id) }, removals);
}

function isHeld(hold: Hold, action: Action): boolean {
  return hold.resource === action.resource && isSameMember(hold.member, heldSubject(action));
}

type Removal = Exclude<Action, { kind: 'grant-invoker' | 'create-service-identity' }>;

function buildRemoval(action: Removal, { removals }: PlanInput): ChangeRequest {
  const requires = removals?.needs.get(action.resource) ?? [];
  return action.kind === 'revoke-invoker' ? buildRevokeChange(action, requires) : buildIngressChange(action, requires);
}

function buildOne(change: ChangeRequest, finding: Finding): Write {
  return { change, findings: [finding], trial: false };
}

function findingsOf({ findings }: Write): readonly Finding[] {
  return findings;
}
