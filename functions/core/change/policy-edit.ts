import type { Binding, Condition, Policy } from '../inventory.ts';
import { isSameJson } from './same-json.ts';

/**
 * The policy with `members` in the binding of `role` (without a condition, or with exactly the given one): appended to the
 * first such binding, or in a new last binding. Everything else comes out as it came in, in order. Nothing to add: the
 * very same object.
 */
export function addMembers(policy: Policy, role: string, members: readonly string[], condition?: Condition): Policy {
  const bindings = policy.bindings ?? [];
  const held = bindings
    .filter((binding) => isBindingOf(binding, role, condition))
    .flatMap((binding) => binding.members ?? []);
  const missing = members.filter(
    (member, index) => !hasMember(held, member) && !hasMember(members.slice(0, index), member),
  );
  if (missing.length === 0) return policy;
  const at = bindings.findIndex((binding) => isBindingOf(binding, role, condition));
  const next =
    at === -1
      ? [...bindings, { role, members: missing, ...(condition === undefined ? {} : { condition }) }]
      : bindings.map((binding, index) =>
          index === at ? { ...binding, members: [...(binding.members ?? []), ...missing] } : binding,
        );
  return withBindings(policy, next);
}

/** The policy without `members` in such bindings of `role`; a binding left empty goes. Nothing to remove: the very same object. */
export function removeMembers(policy: Policy, role: string, members: readonly string[], condition?: Condition): Policy {
  const bindings = policy.bindings ?? [];
  const next = bindings.flatMap((binding) => {
    if (!isBindingOf(binding, role, condition)) return [binding];
    const held = binding.members ?? [];
    const kept = held.filter((member) => !hasMember(members, member));
    if (kept.length === held.length) return [binding];
    return kept.length === 0 ? [] : [{ ...binding, members: kept }];
  });
  const same = next.length === bindings.length && next.every((binding, index) => binding === bindings[index]);
  return same ? policy : withBindings(policy, next);
}

/** Version 3 is a must as soon as one binding has a condition: written as version 1, all conditions would be lost (FACTS 2). */
function withBindings(policy: Policy, bindings: readonly Binding[]): Policy {
  return { ...policy, bindings, ...(bindings.some(hasCondition) ? { version: 3 } : {}) };
}

/** Whether a binding is that of `role` with exactly this condition; absent = without one. */
export function isBindingOf(binding: Binding, role: string, condition: Condition | undefined): boolean {
  if (condition === undefined) return isUnconditional(binding, role);
  return binding.role === role && hasCondition(binding) && isSameJson(binding.condition, condition);
}

/** Whether a binding holds `role` without a condition. */
export function isUnconditional(binding: Binding, role: string): boolean {
  return binding.role === role && !hasCondition(binding);
}

/** An empty condition is none (CONTRACT 1). */
export function hasCondition(binding: Binding): boolean {
  const { condition } = binding;
  return condition !== undefined && condition !== null && Object.values(condition).some((value) => value !== '');
}

/** E-mails compare in lower case, prefixes exactly. */
export function hasMember(members: readonly string[], member: string): boolean {
  const wanted = canonicalMember(member);
  return members.some((held) => canonicalMember(held) === wanted);
}

/** Whether two spellings name the same member. */
export function isSameMember(a: string, b: string): boolean {
  return canonicalMember(a) === canonicalMember(b);
}

/** A member with its e-mail in lower case. */
export function canonicalMember(member: string): string {
  const colon = member.indexOf(':');
  return colon === -1 ? member : member.slice(0, colon + 1) + member.slice(colon + 1).toLowerCase();
}
