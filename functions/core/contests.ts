import { type Change, isPolicyEdit, type PolicyEdit } from './change/change.ts';
import { canonicalMember, hasMember, isBindingOf, isSameMember } from './change/policy-edit.ts';
import { isSameJson } from './change/same-json.ts';
import { readAccess } from './estate/access.ts';
import type { WantedIdentity } from './estate/wanted-identities.ts';
import type { Condition, Ingress, Inventory, RunService } from './inventory.ts';

/** A change of ours that others have undone again and again, and that is undone now. */
export interface Contest {
  readonly service: RunService;
  readonly kind: 'add' | 'remove' | 'ingress';
  /** The member, or `ingress`. */
  readonly subject: string;
  readonly role?: string;
  /** How often others have undone it within the changes that were looked at. */
  readonly times: number;
  /** When we made it last (ms). */
  readonly lastAt: number;
}

/** How often others undo the same change within 24 hours until Sallyport stops (DESIGN 6.6). */
const enough = 3;

/**
 * What others contest: the same change undone by them three times among `changes` (those of the last 24 hours), and
 * undone now. Each grant that was made again had been undone before; what Sallyport took back itself, and what failed,
 * does not count. What is not known (a policy that was not read) is no contest. Pure.
 */
export function listContests({
  inventory,
  wanted,
  changes,
}: {
  readonly inventory: Inventory;
  readonly wanted: readonly WantedIdentity[];
  readonly changes: readonly Change[];
}): readonly Contest[] {
  const steps = changes.flatMap(listSteps).sort((a, b) => a.at - b.at);
  const groups = Map.groupBy(steps, ({ key }) => key);
  return [...groups.values()].flatMap((group) => {
    const last = group.at(-1);
    const service = last && inventory.services.get(last.resource);
    if (!last || !service || !isUndoneNow(last, service, { inventory, wanted })) return [];
    const times = group.filter((step, index) => !takenBackByUs(step, group[index + 1], steps)).length;
    if (times < enough) return [];
    const role = last.role === undefined ? {} : { role: last.role };
    const spelt = wanted.find(({ member }) => last.kind === 'add' && isSameMember(member, last.subject));
    const subject = spelt?.member ?? last.subject;
    return [{ service, kind: last.kind, subject, ...role, times, lastAt: last.at }];
  });
}

/** One member of one change that was made, or one ingress. */
interface Step {
  /** The same for the same change made again. */
  readonly key: string;
  readonly at: number;
  readonly resource: string;
  readonly kind: Contest['kind'];
  readonly subject: string;
  readonly role?: string;
  readonly condition?: Condition;
  readonly ingress?: Ingress;
}

function listSteps({ change, result, at }: Change): readonly Step[] {
  if (result?.outcome !== 'applied' || change.kind === 'service-identity') return [];
  const { kind, resource } = change;
  if (!isPolicyEdit(change)) {
    // Nothing but a person's yes sets an audience: there is no loop that others could fight.
    if (change.kind !== 'ingress') return [];
    const { ingress } = change;
    return [{ key: [kind, resource, ingress].join('\n'), at, resource, kind: 'ingress', subject: 'ingress', ingress }];
  }
  const { role, condition } = change;
  const before = (result.before?.bindings ?? []).filter((one) => isBindingOf(one, role, condition));
  const had = before.flatMap(({ members = [] }) => members);
  return change.members
    .filter((member) => result.before === undefined || hasMember(had, member) === (kind === 'remove'))
    .map((member) => ({
      key: [kind, resource, role, canonicalMember(member), JSON.stringify(condition)].join('\n'),
      at,
      resource,
      kind: change.kind,
      subject: member,
      role,
      ...(condition === undefined ? {} : { condition }),
    }));
}

/** Our own undo, or any other change of ours to the contrary, came before it was made again. */
function takenBackByUs(step: Step, next: Step | undefined, all: readonly Step[]): boolean {
  return all.some(
    (other) =>
      other.resource === step.resource &&
      other.at >= step.at &&
      other.at <= (next?.at ?? Number.POSITIVE_INFINITY) &&
      isContrary(other, step),
  );
}

function isContrary(other: Step, step: Step): boolean {
  if (step.kind === 'ingress') return other.kind === 'ingress' && other.ingress !== step.ingress;
  return (
    other.kind === opposite[step.kind] &&
    other.role === step.role &&
    canonicalMember(other.subject) === canonicalMember(step.subject) &&
    isSameJson(other.condition, step.condition)
  );
}

const opposite: Readonly<Record<PolicyEdit['kind'], PolicyEdit['kind']>> = { add: 'remove', remove: 'add' };

/** A grant counts as there wherever it has gone to, and as nobody's loss where no path wants it any more. */
function isUndoneNow(
  { kind, subject, role = '', condition, ingress }: Step,
  service: RunService,
  { inventory, wanted }: { readonly inventory: Inventory; readonly wanted: readonly WantedIdentity[] },
): boolean {
  if (kind === 'ingress') return service.ingress !== ingress;
  const policy = inventory.policies.get(service.name);
  if (!policy) return false;
  if (kind === 'remove') {
    const bindings = (policy.bindings ?? []).filter((binding) => isBindingOf(binding, role, condition));
    return bindings.some(({ members = [] }) => hasMember(members, subject));
  }
  if (service.invokerIamDisabled) return false;
  const isWanted = wanted.some((one) => one.service.name === service.name && isSameMember(one.member, subject));
  return isWanted && readAccess(inventory, service, subject).grantedOn.length === 0;
}
