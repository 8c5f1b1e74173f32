import { hasCondition, isSameMember } from '../change/policy-edit.ts';
import type { Backend, Inventory } from '../inventory.ts';
import { readIapAccess } from './iap-access.ts';

/** `open`: whether IAP lets the account in cannot be told, and why. */
export type CallerVerdict =
  | { readonly kind: 'admitted' | 'not-admitted' }
  | {
      readonly kind: 'open';
      readonly reason:
        | 'iap-policies-not-read'
        | 'iap-policy-not-readable'
        | 'accessor-under-a-condition'
        | 'members-not-expanded'
        | 'custom-role-not-expanded';
    };

/**
 * Whether IAP lets a service account in at a backend: as a literal accessor, or with everybody, at any level, without a
 * condition. A group or principal set may hold it, a condition may be true, a custom role may carry the permission, a
 * level that was not read may say so: then nobody can tell.
 */
export function judgeCaller(account: string, backend: Backend, inventory: Inventory): CallerVerdict {
  const access = readIapAccess(inventory, backend);
  if (!access) return { kind: 'open', reason: 'iap-policies-not-read' };
  const member = `serviceAccount:${account}`;
  const isMeant = (held: string) => isSameMember(held, member) || everybody.has(held);
  const own = access.accessors.filter((accessor) => isMeant(accessor.member));
  if (own.some(({ condition }) => condition === undefined)) return { kind: 'admitted' };
  if (own.length > 0) return { kind: 'open', reason: 'accessor-under-a-condition' };
  if (access.gaps.length > 0) return { kind: 'open', reason: 'iap-policy-not-readable' };
  if (access.accessors.some((accessor) => mayHold(accessor.member)))
    return { kind: 'open', reason: 'members-not-expanded' };
  const policies = inventory.iapPolicies?.get(backend.name) ?? [];
  const isCustom = policies.some(({ bindings = [] }) =>
    bindings.some(
      (binding) => !binding.role.startsWith('roles/') && !hasCondition(binding) && binding.members?.some(isMeant),
    ),
  );
  return isCustom ? { kind: 'open', reason: 'custom-role-not-expanded' } : { kind: 'not-admitted' };
}

const everybody: ReadonlySet<string> = new Set(['allUsers', 'allAuthenticatedUsers']);

/** Domains hold people only; these may hold a service account. */
function mayHold(member: string): boolean {
  return /^(group|principalSet|projectOwner|projectEditor|projectViewer):/.test(member);
}
