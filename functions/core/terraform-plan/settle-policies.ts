import type { Binding, Condition, Policy } from '../inventory.ts';
import type { PlannedBinding, PlannedGrant } from './read-grants.ts';

/** The policy of one level after apply, and where each part of it comes from. */
export interface SettledPolicy {
  readonly policy: Policy;
  readonly holds: readonly Hold[];
  /** Resources that decide alone about a role here (its name), or about the whole policy (`*`). */
  readonly authorities: readonly Authority[];
  /** What may hold more members than are known. */
  readonly open: readonly OpenHold[];
}

/** A member's hold on a role, and the resource that gives it. */
export interface Hold {
  readonly role: string;
  readonly member: string;
  readonly grant: PlannedGrant;
}

export interface Authority {
  readonly role: string;
  readonly grant: PlannedGrant;
}

export interface OpenHold {
  readonly grant: PlannedGrant;
  /** Undefined: the role is not known either. */
  readonly role: string | undefined;
  readonly what: string;
}

interface Claim {
  readonly grant: PlannedGrant;
  readonly binding: PlannedBinding;
}

/**
 * What the grants of one level come to. A policy resource leaves nothing of others' grants, a binding nothing of others'
 * members of its role, but for public members: they are there until it is applied again. Two that decide about the same
 * undo each other at every apply: that is open, whoever is last.
 */
export function settlePolicy(grants: readonly PlannedGrant[]): SettledPolicy {
  const policies = grants.filter(({ authority }) => authority === 'policy');
  const claims: readonly Claim[] = grants.flatMap((grant) => grant.bindings.map((binding) => ({ grant, binding })));
  const settled = [...Map.groupBy(claims, roleKey).values()].flatMap((same) => {
    const deciding = same.filter(({ grant }) => grant.authority === 'binding');
    const standing = policies.length > 0 ? same.filter(({ grant }) => grant.authority === 'policy') : deciding;
    if (policies.length === 0 && deciding.length === 0) return same;
    // What is undone at one apply is back at the next: everybody is let in now and then.
    return [...standing, ...same.filter((claim) => !standing.includes(claim)).flatMap(publicPart)];
  });
  const known = settled.flatMap(({ grant, binding }) =>
    binding.role === undefined ? [] : [{ grant, binding, role: binding.role }],
  );
  return {
    policy: { bindings: known.map(({ role, binding }) => buildBinding(role, binding)) },
    holds: known.flatMap(({ grant, binding, role }) => binding.members.map((member) => ({ role, member, grant }))),
    authorities: [
      ...policies.map((grant) => ({ role: '*', grant })),
      ...known.filter(({ grant }) => grant.authority === 'binding').map(({ role, grant }) => ({ role, grant })),
    ],
    open: [...settled.flatMap(listOpen), ...grants.flatMap(listOpenPolicies), ...listConflicts(policies, settled)],
  };
}

function publicPart({ grant, binding }: Claim): readonly Claim[] {
  const members = binding.members.filter((member) => member === 'allUsers' || member === 'allAuthenticatedUsers');
  return members.length > 0 ? [{ grant, binding: { ...binding, members, open: [] } }] : [];
}

function roleKey({ binding }: Claim): string {
  return JSON.stringify([binding.role, conditionOf(binding)]);
}

function conditionOf({ condition }: { readonly condition?: Condition }): readonly unknown[] {
  return condition ? [condition.expression, condition.title] : [];
}

function buildBinding(role: string, { members, condition }: PlannedBinding): Binding {
  return { role, members, ...(condition ? { condition } : {}) };
}

function listOpen({ grant, binding }: Claim): readonly OpenHold[] {
  const role = binding.role === undefined ? [{ grant, role: undefined, what: 'role' }] : [];
  return [...role, ...binding.open.map((what) => ({ grant, role: binding.role, what }))];
}

function listOpenPolicies(grant: PlannedGrant): readonly OpenHold[] {
  return grant.open.map((what) => ({ grant, role: undefined, what }));
}

function listConflicts(policies: readonly PlannedGrant[], settled: readonly Claim[]): readonly OpenHold[] {
  const twice = (role: string | undefined, all: readonly PlannedGrant[]): readonly OpenHold[] => {
    const [first, second] = [...new Set(all)];
    return first && second
      ? [
          {
            grant: second,
            role,
            what: `which of ${first.resource.address} and ${second.resource.address} is applied last (both are authoritative)`,
          },
        ]
      : [];
  };
  if (policies.length > 0) return twice(undefined, policies);
  const deciding = settled.filter(({ grant }) => grant.authority === 'binding');
  return [...Map.groupBy(deciding, roleKey).values()].flatMap((same) =>
    twice(
      same[0]?.binding.role,
      same.map(({ grant }) => grant),
    ),
  );
}
