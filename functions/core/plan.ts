import { buildGrantChange } from '../actions/grant-invoker.ts';
import type { Action, Finding, Mode } from './finding.ts';
import { compareText } from './finding.ts';
import { canonicalMember } from './policy-edit.ts';
import type { Hold, PolicyChange } from './world.ts';

/** One policy write that is to be made, and the findings it settles. */
export interface PlannedChange {
  readonly change: Omit<PolicyChange, 'base'>;
  readonly findingIds: readonly string[];
  /** The first write of a client ID that IAM has never taken: it stands alone and may be refused (DESIGN 4). */
  readonly trial: boolean;
}

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
    | 'client-id-on-trial';
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
}

/**
 * What to write, in order. The agent comes first, alone; a client ID that IAM never took follows in a write of its own
 * and on one service only, so that a refusal costs one call; once accepted, both go in one write. Pure.
 */
export function planChanges(input: PlanInput): Plan {
  const left: LeftAlone[] = [];
  const grants: Grant[] = [];
  for (const finding of oldestFirst(input)) {
    const why = reasonToLeave(finding, input);
    if (why) left.push({ finding, why });
    else grants.push(...finding.fix.actions.map((action) => ({ action, finding })));
  }
  const ordered = buildWrites(grants, input.acceptedClientIds, left);
  const changes = ordered.slice(0, Math.max(0, input.budget));
  for (const { findings } of ordered.slice(changes.length)) {
    left.push(...findings.map((finding) => ({ finding, why: 'limit-reached' as const })));
  }
  return {
    changes: changes.map(({ findings, ...change }) => ({ ...change, findingIds: findings.map(({ id }) => id) })),
    left,
    budget: input.budget,
  };
}

interface Grant {
  readonly action: Action;
  readonly finding: Finding;
}

interface Write extends Omit<PlannedChange, 'findingIds'> {
  readonly findings: readonly Finding[];
}

function oldestFirst({ findings, openedAt }: PlanInput): readonly Finding[] {
  const age = (finding: Finding): number => openedAt.get(finding.id) ?? Number.POSITIVE_INFINITY;
  return [...findings].sort((a, b) => {
    const [left, right] = [age(a), age(b)];
    return left === right ? compareText(a.resource, b.resource) || compareText(a.subject, b.subject) : left - right;
  });
}

function reasonToLeave(finding: Finding, { modes, paused, holds }: PlanInput): LeftAlone['why'] | undefined {
  if (finding.mode === 'observe') return 'observe-only';
  if (!modes.includes(finding.mode)) return 'needs-approval';
  if (paused) return 'paused';
  if (finding.fix.actions.length === 0) return 'capability-off';
  const held = finding.fix.actions.some((action) => holds.some((hold) => isHeld(hold, action)));
  return held ? 'on-hold' : undefined;
}

function isHeld(hold: Hold, action: Action): boolean {
  return hold.resource === action.resource && canonicalMember(hold.member) === canonicalMember(action.member);
}

type Grants = readonly [Grant, ...Grant[]];

function buildWrites(grants: readonly Grant[], accepted: ReadonlySet<string>, left: LeftAlone[]): readonly Write[] {
  const together = new Map<string, Grants>();
  const trials = new Map<string, Grant>();
  for (const grant of grants) {
    const { action, finding } = grant;
    if (action.identity === 'service-agent' || accepted.has(clientIdOf(action.member))) {
      const others = together.get(action.resource);
      // The agent leads, whatever the order of findings.
      if (!others) together.set(action.resource, [grant]);
      else if (action.identity === 'service-agent') together.set(action.resource, [grant, ...others]);
      else together.set(action.resource, [...others, grant]);
    } else if (trials.has(action.member)) {
      left.push({ finding, why: 'client-id-on-trial' });
    } else {
      trials.set(action.member, grant);
    }
  }
  return [
    ...[...together.values()].map((group) => buildWrite(group, false)),
    ...[...trials.values()].map((grant) => buildWrite([grant], true)),
  ];
}

function buildWrite([first, ...rest]: Grants, trial: boolean): Write {
  return {
    change: buildGrantChange([first.action, ...rest.map(({ action }) => action)]),
    findings: [first.finding, ...rest.map(({ finding }) => finding)],
    trial,
  };
}

/** The client ID in its member form. */
export function clientIdOf(member: string): string {
  return member.slice(member.indexOf(':') + 1);
}
