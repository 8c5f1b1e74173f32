import { listInvokingGrants } from '../estate/access.ts';
import type { Policy } from '../inventory.ts';
import { isSameMember } from './policy-edit.ts';

/**
 * Whether a policy itself gives a member one of Google's invoking roles without a condition. What is inherited or comes
 * by a custom role does not count: nothing is shut on the strength of what this policy alone cannot show.
 */
export function holdsOwnGrant(policy: Policy, member: string): boolean {
  const alone = { policies: new Map([['own', policy]]), customRoles: new Map<string, readonly string[]>() };
  return listInvokingGrants(alone, ['own'], (held) => isSameMember(held, member)).some(
    ({ condition }) => condition === undefined,
  );
}
