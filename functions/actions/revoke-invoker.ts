import type { PolicyEdit } from '../core/change/change.ts';
import { hasCondition, isSameMember, removeMembers } from '../core/change/policy-edit.ts';
import type { Condition, Policy } from '../core/inventory.ts';

/** Take one member out of one binding of an invoking role on one regional service's own policy. */
export interface RevokeInvoker {
  readonly kind: 'revoke-invoker';
  /** Full resource name of the service. */
  readonly resource: string;
  /** As the policy spells it: `allUsers`, `user:…`, `group:…`, `domain:…`, or an IAP identity that nothing needs any more. */
  readonly member: string;
  readonly role: string;
  /** The binding with exactly this condition; absent = the one without. */
  readonly condition?: Condition;
}

/** One action for each binding of `roles` in the service's own policy that holds the member, conditional or not. */
export function listRevokes(
  policy: Policy,
  {
    resource,
    member,
    roles,
  }: { readonly resource: string; readonly member: string; readonly roles: readonly string[] },
): readonly RevokeInvoker[] {
  return (policy.bindings ?? []).flatMap((binding) => {
    const held = roles.includes(binding.role) && binding.members?.find((one) => isSameMember(one, member));
    if (!held) return [];
    const condition = hasCondition(binding) && binding.condition ? { condition: binding.condition } : {};
    return [{ kind: 'revoke-invoker', resource, member: held, role: binding.role, ...condition } as const];
  });
}

/** One line for a person: what will be done, to what. */
export function describeRevoke({ resource, members, role, condition }: PolicyEdit): string {
  const when = condition === undefined ? '' : ` under the condition ${condition.expression ?? condition.title ?? ''}`;
  return `revoke ${role}${when} on ${resource} from ${members.join(', ')}`;
}

/** Whether the policy no longer holds what is to be revoked. */
export function isRevoked(policy: Policy, { role, members, condition }: PolicyEdit): boolean {
  return removeMembers(policy, role, members, condition) === policy;
}

/** The policy change that makes the revoke; `requires` are the identities that must stay able to invoke. */
export function buildRevokeChange(
  { resource, member, role, condition }: RevokeInvoker,
  requires: readonly string[],
): PolicyEdit {
  return {
    capability: 'revoke-invoker',
    kind: 'remove',
    resource,
    role,
    members: [member],
    ...(condition === undefined ? {} : { condition }),
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/** The change that puts the member back into the same binding. */
export function buildRevokeUndo({ requires: _, ...revoke }: PolicyEdit, changeId: string): PolicyEdit {
  return { ...revoke, kind: 'add', undoes: changeId };
}
