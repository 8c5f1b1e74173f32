import { AppError } from '../errors.ts';
import { isAgentMember, isClientIdMember } from './identity.ts';
import type { Binding, Policy } from './inventory.ts';
import { hasMember, isUnconditional } from './policy-edit.ts';
import { parseServiceName } from './resource-name.ts';
import type { PolicyChange } from './world.ts';

/** The only role that Sallyport grants on a service. */
export const invokerRole = 'roles/run.invoker';

/**
 * The last gate before a policy is written (DESIGN 6.2). It trusts neither the planner nor the edit: it compares the
 * policy that was read with the one about to be written and lets pass only the one legal difference of an enabled
 * capability. Throws `write-refused` with the reason.
 */
export function assertLegalChange(
  before: Policy,
  after: Policy,
  change: Omit<PolicyChange, 'base'>,
  capabilities: readonly string[],
): void {
  const refuse = (why: string): never => {
    throw new AppError('write-refused', `${change.resource}: ${why}; nothing was written`, {
      hint: 'This is a fault in Sallyport, not in your project: please report it with the log line.',
    });
  };
  if (!capabilities.includes(change.capability)) refuse(`the capability ${change.capability} is off`);
  if (!parseServiceName(change.resource)) refuse('only the policy of a Cloud Run service may be changed');
  if (change.role !== invokerRole) refuse(`the role ${change.role} may not be changed`);
  if (change.kind === 'remove' && change.undoes === undefined) refuse('only the undo of a grant may remove a member');
  if (change.members.length === 0) refuse('no member is named');
  for (const member of change.members) {
    if (!isAgentMember(member) && !isClientIdMember(member)) refuse(`${JSON.stringify(member)} is no IAP identity`);
  }
  const [smaller, larger] = change.kind === 'add' ? [before, after] : [after, before];
  const problem = otherFields(before, after) ?? bindingDifference(smaller, larger, change);
  if (problem) refuse(problem);
}

function otherFields(before: Policy, after: Policy): string | undefined {
  const { bindings: _b, version: beforeVersion, ...beforeRest } = before;
  const { bindings: _a, version: afterVersion, ...afterRest } = after;
  if (!isSameJson(beforeRest, afterRest)) return 'something other than bindings would change (etag included)';
  const conditional = (after.bindings ?? []).some((binding) => binding.condition !== undefined);
  if (conditional && afterVersion !== 3) return 'conditions would be lost: the policy has some and is not version 3';
  if (!conditional && afterVersion !== beforeVersion) return 'the policy version would change';
  return undefined;
}

/** Walks both binding lists in order: exactly one unconditional invoker binding may differ, by members that the change names. */
function bindingDifference(smaller: Policy, larger: Policy, change: Omit<PolicyChange, 'base'>): string | undefined {
  const few = smaller.bindings ?? [];
  const many = larger.bindings ?? [];
  let differences = 0;
  let at = 0;
  for (const binding of many) {
    const other = few[at];
    if (other !== undefined && isSameJson(other, binding)) {
      at += 1;
      continue;
    }
    differences += 1;
    if (!isUnconditional(binding, change.role)) return `a binding of ${binding.role} that is not ours would change`;
    if (other !== undefined && isMemberDifference(other, binding, change)) at += 1;
    else if (!isOnlyOurs(binding, change)) return 'members that the change does not name would change';
  }
  if (at !== few.length) return 'a binding would be lost or moved';
  if (change.kind === 'add' && differences !== 1) return `${differences} bindings would change instead of one`;
  if (differences === 0) return 'nothing would change';
  return undefined;
}

function isMemberDifference(smaller: Binding, larger: Binding, change: Omit<PolicyChange, 'base'>): boolean {
  const { members: few = [], ...smallerRest } = smaller;
  const { members: many = [], ...largerRest } = larger;
  if (!isSameJson(smallerRest, largerRest)) return false;
  const kept = many.filter((member) => few.includes(member));
  const extra = many.filter((member) => !few.includes(member));
  return isSameJson(kept, few) && extra.length > 0 && extra.every((member) => hasMember(change.members, member));
}

function isOnlyOurs(binding: Binding, change: Omit<PolicyChange, 'base'>): boolean {
  const { role: _role, members = [], condition: _condition, ...rest } = binding;
  return (
    Object.keys(rest).length === 0 && members.length > 0 && members.every((member) => hasMember(change.members, member))
  );
}

/** Deep equality of JSON values; the order of keys does not matter, the order of lists does. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value, index) => isSameJson(value, b[index]))
    );
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && isSameJson(value, right.get(key)))
  );
}
