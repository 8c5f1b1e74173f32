import type { PolicyEdit } from '../core/change/change.ts';
import { addMembers } from '../core/change/policy-edit.ts';
import { invokerRole } from '../core/change/policy-guard.ts';
import type { Policy } from '../core/inventory.ts';

/** Add an IAP identity to `roles/run.invoker` on one regional service's own policy. */
export interface GrantInvoker {
  readonly kind: 'grant-invoker';
  /** Full resource name of the service. */
  readonly resource: string;
  /** `serviceAccount:…`, an IAP agent or an accepted client ID. */
  readonly member: string;
  /** Which identity it is: the agent is granted first, alone. */
  readonly identity: 'service-agent' | 'oauth-client';
}

/** One line for a person: what will be done, to what. */
export function describeGrant({ resource, members, role }: Pick<PolicyEdit, 'resource' | 'members' | 'role'>): string {
  return `grant ${role} on ${resource} to ${members.join(', ')}`;
}

/** Whether the policy holds all of the grant already. */
export function isGranted(policy: Policy, { role, members, condition }: PolicyEdit): boolean {
  return addMembers(policy, role, members, condition) === policy;
}

/** The policy change that makes grants on one and the same service, in the given order of members. */
export function buildGrantChange(grants: readonly [GrantInvoker, ...GrantInvoker[]]): PolicyEdit {
  return {
    capability: 'grant-invoker',
    kind: 'add',
    resource: grants[0].resource,
    role: invokerRole,
    members: grants.map(({ member }) => member),
  };
}

/** The change that takes back what `members` a grant added. */
export function buildGrantUndo(grant: PolicyEdit, members: readonly string[], changeId: string): PolicyEdit {
  return { ...grant, kind: 'remove', members, undoes: changeId };
}
