import { canonicalMember, hasCondition } from '../change/policy-edit.ts';
import type { Binding, Inventory, RunService } from '../inventory.ts';
import { buildProjectName } from './resource-name.ts';

/** Predefined roles that hold run.routes.invoke, as the contract names them; rarer ones are left out on purpose. */
const invokingRoles: ReadonlySet<string> = new Set([
  'roles/run.invoker',
  'roles/run.servicesInvoker',
  'roles/run.admin',
  'roles/run.editor',
  'roles/run.developer',
  'roles/run.sourceDeveloper',
  'roles/editor',
  'roles/owner',
]);

const invokePermission = 'run.routes.invoke';

export interface Access {
  /** Levels (full resource names) whose policy gives the member an unconditional invoking role; empty = no access. */
  readonly grantedOn: readonly string[];
  /** Conditional invoking grants to the member, at any level. */
  readonly conditional: readonly InvokingGrant[];
}

/** One member's hold on a role that may invoke, in the policy of one level. */
export interface InvokingGrant {
  /** Full resource name of the service, project, folder or organisation whose policy says so. */
  readonly level: string;
  readonly role: string;
  /** As the policy spells it. */
  readonly member: string;
  /** Its expression, empty where it has none; absent = unconditional. */
  readonly condition?: string;
}

/**
 * What a principal may do at a service (CONTRACT 1): a literal member of an invoking role on the service, its project,
 * folders or organisation. Groups, domains, principal sets and public members are never IAP's access.
 */
export function readAccess(inventory: Inventory, service: RunService, member: string): Access {
  const wanted = canonicalMember(member);
  const grants = listInvokingGrants(
    inventory,
    levelsOf(inventory, service),
    (held) => canonicalMember(held) === wanted,
  );
  const unconditional = grants.filter(({ condition }) => condition === undefined);
  return {
    grantedOn: [...new Set(unconditional.map(({ level }) => level))],
    conditional: grants.filter(({ condition }) => condition !== undefined),
  };
}

/** Every hold on an invoking role by the members that are asked for, level by level; levels whose policy was not read say nothing. */
export function listInvokingGrants(
  inventory: Pick<Inventory, 'policies' | 'customRoles'>,
  levels: readonly string[],
  isAsked: (member: string) => boolean,
): readonly InvokingGrant[] {
  return levels.flatMap((level) =>
    (inventory.policies.get(level)?.bindings ?? [])
      .filter((binding) => isInvoking(binding, inventory))
      .flatMap((binding) => {
        const condition = hasCondition(binding) ? { condition: binding.condition?.expression ?? '' } : {};
        return (binding.members ?? [])
          .filter(isAsked)
          .map((member) => ({ level, role: binding.role, member, ...condition }));
      }),
  );
}

/** The service itself, its project, and what is known above it: full resource names, nearest first. */
export function levelsOf(inventory: Pick<Inventory, 'projects'>, service: RunService): readonly string[] {
  const ancestors = inventory.projects.get(service.project)?.ancestors ?? [];
  return [service.name, buildProjectName(service.project), ...ancestors];
}

/** Whether a role may hold the right to invoke: the named ones, and any custom role. */
export function mayInvoke(role: string): boolean {
  return invokingRoles.has(role) || !role.startsWith('roles/');
}

function isInvoking(binding: Binding, inventory: Pick<Inventory, 'customRoles'>): boolean {
  return (
    invokingRoles.has(binding.role) || (inventory.customRoles.get(binding.role)?.includes(invokePermission) ?? false)
  );
}
