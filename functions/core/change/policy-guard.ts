import { AppError } from '../../errors.ts';
import { mayInvoke } from '../estate/access.ts';
import { accessorRole } from '../estate/iap-access.ts';
import { isAgentMember, isClientIdMember } from '../estate/identity.ts';
import { parseServiceName } from '../estate/resource-name.ts';
import type { Binding, Policy } from '../inventory.ts';
import type { PolicyEdit } from './change.ts';
import { holdsOwnGrant } from './own-grant.ts';
import { hasMember, isBindingOf } from './policy-edit.ts';
import { isSameJson } from './same-json.ts';

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
  change: PolicyEdit,
  capabilities: readonly string[],
): void {
  const [smaller, larger] = change.kind === 'add' ? [before, after] : [after, before];
  const problem =
    notAllowed(change, capabilities) ?? otherFields(before, after) ?? bindingDifference(smaller, larger, change);
  if (problem === undefined) return;
  throw new AppError('write-refused', `${change.resource}: ${problem}; nothing was written`, {
    hint: 'This is a fault in Sallyport, not in your project: please report it with the log line.',
  });
}

/**
 * Grant before revoke (DESIGN 6.4), in the policy about to be written: who must stay able to invoke holds a grant of its
 * own there. Throws `grant-before-revoke`: it may be there on the next try.
 */
export function assertGrantsStay(
  policy: Policy,
  { resource, requires = [] }: Pick<PolicyEdit, 'resource' | 'requires'>,
): void {
  const missing = requires.filter((member) => !holdsOwnGrant(policy, member));
  if (missing.length === 0) return;
  throw new AppError(
    'grant-before-revoke',
    `${resource}: ${missing.join(', ')} must be able to invoke it before anything is shut; nothing was written`,
    { hint: 'sallyport fix makes the grant first.' },
  );
}

function notAllowed(change: PolicyEdit, capabilities: readonly string[]): string | undefined {
  const { capability, resource, members } = change;
  if (!capabilities.includes(capability)) return `the capability ${capability} is off`;
  if (capability === 'grant-iap-accessor') return notAdmittable(change);
  if (!parseServiceName(resource)) return 'only the policy of a Cloud Run service may be changed';
  if (members.length === 0) return 'no member is named';
  return capability === 'grant-invoker' ? notGrantable(change) : notRevocable(change);
}

function notGrantable({ kind, role, members, condition, undoes }: PolicyEdit): string | undefined {
  if (role !== invokerRole) return `the role ${role} may not be changed`;
  if (condition !== undefined) return 'conditional bindings are never granted';
  if (kind === 'remove' && undoes === undefined) return 'only the undo of a grant may remove a member';
  const stranger = members.find((member) => !isAgentMember(member) && !isClientIdMember(member));
  return stranger === undefined ? undefined : `${JSON.stringify(stranger)} is no IAP identity`;
}

/** One ordinary service account, at one backend, as a push subscription uses it. */
function notAdmittable({
  kind,
  resource,
  role,
  members,
  condition,
  undoes,
  subscription,
  endpoint,
}: PolicyEdit): string | undefined {
  const [member = '', ...more] = members;
  if (!isBackendResource(resource)) return 'only the IAP policy of one backend may be changed';
  if (role !== accessorRole) return `the role ${role} may not be changed`;
  if (condition !== undefined) return 'conditional bindings are never granted';
  if (more.length > 0) return 'a grant at IAP names one member';
  if (kind === 'remove' && undoes === undefined) return 'only the undo of a grant may remove a member';
  if (kind === 'add' && (subscription === undefined || !endpoint)) return 'no push subscription is named';
  if (!/^serviceAccount:[^\s:@]+@[^\s:@]+$/.test(member) || isAgentMember(member)) {
    return `${JSON.stringify(member)} is no service account that pushes`;
  }
  return undefined;
}

function isBackendResource(resource: string): boolean {
  return /^\/\/iap\.googleapis\.com\/projects\/[^/]+\/iap_web\/compute(-[a-z0-9-]+)?\/services\/[^/]+$/.test(resource);
}

function notRevocable({ kind, role, members, undoes }: PolicyEdit): string | undefined {
  const [member = '', ...more] = members;
  if (more.length > 0) return 'a revoke names one member';
  if (kind === 'add' && undoes === undefined) return 'only the undo of a revoke may add a member';
  return isRevocable(member, role) ? undefined : `${JSON.stringify(member)} may not be taken out of ${role}`;
}

/** Everybody out of any invoking role; people out of the roles that only invoke; IAP's own identities out of the invoker role. */
function isRevocable(member: string, role: string): boolean {
  if (member === 'allUsers' || member === 'allAuthenticatedUsers') return mayInvoke(role);
  if (/^(user|group|domain):[^\s:]+$/.test(member)) return role === invokerRole || role === 'roles/run.servicesInvoker';
  return role === invokerRole && (isAgentMember(member) || isClientIdMember(member));
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

/** Walks both binding lists in order: exactly one binding, the one the change names, may differ, by members that the change names. */
function bindingDifference(smaller: Policy, larger: Policy, change: PolicyEdit): string | undefined {
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
    if (!isBindingOf(binding, change.role, change.condition))
      return `a binding of ${binding.role} that is not ours would change`;
    if (other !== undefined && isMemberDifference(other, binding, change)) at += 1;
    else if (!isOnlyOurs(binding, change)) return 'members that the change does not name would change';
  }
  if (at !== few.length) return 'a binding would be lost or moved';
  if (change.kind === 'add' && differences !== 1) return `${differences} bindings would change instead of one`;
  if (differences === 0) return 'nothing would change';
  return undefined;
}

function isMemberDifference(smaller: Binding, larger: Binding, change: PolicyEdit): boolean {
  const { members: few = [], ...smallerRest } = smaller;
  const { members: many = [], ...largerRest } = larger;
  if (!isSameJson(smallerRest, largerRest)) return false;
  const kept = many.filter((member) => few.includes(member));
  const extra = many.filter((member) => !few.includes(member));
  return isSameJson(kept, few) && extra.length > 0 && extra.every((member) => hasMember(change.members, member));
}

function isOnlyOurs(binding: Binding, change: PolicyEdit): boolean {
  const { role: _role, members = [], condition: _condition, ...rest } = binding;
  return (
    Object.keys(rest).length === 0 && members.length > 0 && members.every((member) => hasMember(change.members, member))
  );
}
