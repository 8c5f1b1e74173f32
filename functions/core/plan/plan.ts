import { buildIdentityChange } from '../../actions/create-service-identity.ts';
import { buildGrantChange } from '../../actions/grant-invoker.ts';
import { buildPushChange, isPushAction, mustWait } from '../../actions/push-actions.ts';
import { buildIngressChange, type RestrictIngress } from '../../actions/restrict-ingress.ts';
import { buildRevokeChange, type RevokeInvoker } from '../../actions/revoke-invoker.ts';
import type { ApprovedSteps, StepApproval } from '../approval/approved-steps.ts';
import { listSteps } from '../approval/steps.ts';
import type { ChangeRequest } from '../change/change.ts';
import { isSameMember } from '../change/policy-edit.ts';
import type { Action, Finding, Mode } from '../finding.ts';
import { compareText } from '../finding.ts';
import type { Hold } from '../ledger.ts';
import type { Reach } from '../settings/scope.ts';
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
    | 'out-of-scope'
    | 'on-hold'
    | 'contested'
    | 'limit-reached'
    | 'client-id-on-trial'
    | 'after-grants'
    | 'other-function'
    | RemovalWait['why'];
  /** When it can be done (ms), where time alone helps. */
  readonly until?: number;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What a person could say yes to: nothing but time stops it. One action each, oldest finding first. */
  readonly asks: readonly PlannedChange[];
  /** Capabilities that could change something now and that another function has. */
  readonly elsewhere: readonly string[];
  /** How many changes the limits allowed. */
  readonly budget: number;
  readonly left: readonly LeftAlone[];
}

export interface PlanInput {
  readonly findings: readonly Finding[];
  /** Modes that may be applied: `enforce` alone for the functions, `approve` too where a person has said yes. */
  readonly modes: readonly Mode[];
  /** What people have said yes to, whatever the modes. */
  readonly approved?: ApprovedSteps;
  /** Capabilities that this process may use; absent = all that findings name. */
  readonly capabilities?: readonly string[];
  /** Whose a resource is, by full name; absent = the project's own. */
  readonly reach?: (resource: string) => Reach;
  /** The kill switch is on: nothing is written. */
  readonly paused: boolean;
  readonly holds: readonly Hold[];
  /** Resources (full names) on which others keep undoing a change of ours; absent = none. */
  readonly contested?: ReadonlySet<string>;
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
  const asks: PlannedChange[] = [];
  const elsewhere = new Set<string>();
  const grants: Grant[] = [];
  const identities: Write[] = [];
  const pushes: Write[] = [];
  const removals: Write[] = [];
  for (const finding of oldestFirst(input)) {
    const why = reasonForGood(finding, input);
    if (why) left.push({ finding, why });
    if (why) continue;
    const { allowed, unasked } = sortByConsent(finding, input);
    if (unasked.length > 0) {
      left.push({ finding, why: 'needs-approval' });
      const stop = reasonToWait(finding, unasked, input);
      if (isOnlyTime(stop)) asks.push(...unasked.map((action) => buildAsk(action, finding)));
    }
    const leave =
      allowed.length > 0
        ? reasonToWait(
            finding,
            allowed.map(({ action }) => action),
            input,
          )
        : undefined;
    if (leave) left.push({ finding, ...leave });
    if (leave) continue;
    const ready = allowed.filter(({ action }) => !isPushAction(action) || !mustWait(action));
    if (ready.length < allowed.length) left.push({ finding, why: 'after-grants' });
    const ours = ready.filter(({ action }) => input.capabilities?.includes(action.kind) ?? true);
    if (ours.length < ready.length) left.push({ finding, why: 'other-function' });
    for (const { action } of ready) if (!ours.some((one) => one.action === action)) elsewhere.add(action.kind);
    for (const { action, ...consent } of ours) {
      if (action.kind === 'grant-invoker') grants.push({ action, finding, ...consent });
      else if (action.kind === 'create-service-identity')
        identities.push({ ...buildOne(buildIdentityChange(action), finding), ...consent });
      else if (isPushAction(action)) pushes.push({ ...buildOne(buildPushChange(action), finding), ...consent });
      else removals.push({ ...buildOne(buildRemoval(action, input), finding), ...consent });
    }
  }
  const { writes, waiting } = groupGrants(grants, input.acceptedClientIds);
  left.push(...waiting.map((finding) => ({ finding, why: 'client-id-on-trial' as const })));
  const opening = [...identities, ...writes, ...pushes];
  const budget = Math.max(0, input.budget);
  const within = opening.length + removals.length <= budget ? [...opening, ...removals] : opening.slice(0, budget);
  const beyond = new Set([...opening, ...removals].filter((write) => !within.includes(write)).flatMap(findingsOf));
  left.push(...[...beyond].map((finding) => ({ finding, why: 'limit-reached' as const })));
  return {
    changes: within.map(({ findings, ...change }) => ({ ...change, findingIds: findings.map(({ id }) => id) })),
    asks,
    elsewhere: [...elsewhere],
    left,
    budget: input.budget,
  };
}

/** The change that one action alone makes, without what guards it when it is written. */
export function buildAlone(action: Action): ChangeRequest {
  if (action.kind === 'grant-invoker') return buildGrantChange([action]);
  if (isPushAction(action)) return buildPushChange(action);
  return action.kind === 'create-service-identity' ? buildIdentityChange(action) : buildRemoval(action, {});
}

/** What a hold is about: the member, the audience that a service accepts, or the words `ingress` and `push-audience`. */
export function heldSubject(change: {
  readonly kind: string;
  readonly member?: string;
  readonly audience?: string;
}): string {
  if (change.kind === 'set-push-audience' || change.kind === 'push-audience') return 'push-audience';
  return change.member ?? change.audience ?? 'ingress';
}

function oldestFirst({ findings, openedAt }: PlanInput): readonly Finding[] {
  const age = (finding: Finding): number => openedAt.get(finding.id) ?? Number.POSITIVE_INFINITY;
  return [...findings].sort((a, b) => {
    const [left, right] = [age(a), age(b)];
    return left === right ? compareText(a.resource, b.resource) || compareText(a.subject, b.subject) : left - right;
  });
}

function reasonForGood(
  { mode, fix }: Finding,
  { reach }: PlanInput,
): 'observe-only' | 'capability-off' | 'out-of-scope' | undefined {
  if (mode === 'observe') return 'observe-only';
  // What Sallyport would not do anyhow does not wait for anybody's yes.
  if (fix.actions.length === 0) return 'capability-off';
  return fix.actions.some(({ resource }) => reach?.(resource) === 'out-of-scope') ? 'out-of-scope' : undefined;
}

interface Allowed {
  readonly action: Action;
  readonly approval?: StepApproval;
}

/** Action by action: what is approved may be done, also where something new about the same finding has to be asked for. */
function sortByConsent(finding: Finding, { modes, approved, reach }: PlanInput) {
  const allowed: Allowed[] = [];
  const unasked: Action[] = [];
  for (const action of finding.fix.actions) {
    // Its owner's consent is to the balancers of the service's own project, not to those of any other.
    const isOther = finding.mode === 'enforce' && reach?.(action.resource) === 'other';
    const mode = isOther ? 'approve' : finding.mode;
    const [step = ''] = listSteps(buildAlone(action));
    const approval = mode === 'approve' ? approved?.get(step) : undefined;
    if (approval) allowed.push({ action, approval });
    else if (modes.includes(mode)) allowed.push({ action });
    else unasked.push(action);
  }
  return { allowed, unasked };
}

/** People may be asked before the time has come: it is done then. */
function isOnlyTime(stop: Omit<LeftAlone, 'finding'> | undefined): boolean {
  return stop === undefined || stop.until !== undefined || stop.why === 'after-grants';
}

function buildAsk(action: Action, { id }: Finding): PlannedChange {
  return { change: buildAlone(action), findingIds: [id], trial: false };
}

function reasonToWait(
  finding: Finding,
  actions: readonly Action[],
  input: PlanInput,
): Omit<LeftAlone, 'finding'> | undefined {
  const { paused, holds, removals, openedAt, contested } = input;
  if (paused) return { why: 'paused' };
  if (actions.some((action) => holds.some((hold) => isHeld(hold, action)))) return { why: 'on-hold' };
  if (actions.some(({ resource }) => contested?.has(resource))) return { why: 'contested' };
  const shut = actions.find(({ kind }) => kind === 'revoke-invoker' || kind === 'restrict-ingress');
  if (!shut) return undefined;
  if (!removals) return { why: 'after-grants' };
  return findRemovalWait({ resource: shut.resource, openedAt: openedAt.get(finding.id) }, removals);
}

/** Whether a hold is about this action. */
export function isHeld(hold: Hold, action: Action): boolean {
  return hold.resource === action.resource && isSameMember(hold.member, heldSubject(action));
}

type Removal = RevokeInvoker | RestrictIngress;

function buildRemoval(action: Removal, { removals }: Pick<PlanInput, 'removals'>): ChangeRequest {
  const requires = removals?.needs.get(action.resource) ?? [];
  return action.kind === 'revoke-invoker' ? buildRevokeChange(action, requires) : buildIngressChange(action, requires);
}

function buildOne(change: ChangeRequest, finding: Finding): Write {
  return { change, findings: [finding], trial: false };
}

function findingsOf({ findings }: Write): readonly Finding[] {
  return findings;
}
