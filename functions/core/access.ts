import type { Binding, Inventory, RunService } from './inventory.ts';
import { hasCondition, hasMember } from './policy-edit.ts';
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
  readonly conditional: readonly ConditionalGrant[];
}

export interface ConditionalGrant {
  readonly level: string;
  readonly role: string;
  readonly expression: string;
}

/**
 * What a principal may do at a service (CONTRACT 1): a literal member of an invoking role on the service, its project,
 * folders or organisation. Groups, domains, principal sets and public members are never IAP's access.
 */
export function readAccess(inventory: Inventory, service: RunService, member: string): Access {
  const grantedOn: string[] = [];
  const conditional: ConditionalGrant[] = [];
  for (const level of levelsOf(inventory, service)) {
    const grants = (inventory.policies.get(level)?.bindings ?? []).filter(
      (binding) => isInvoking(binding, inventory) && hasMember(binding.members ?? [], member),
    );
    if (grants.some((binding) => !hasCondition(binding))) grantedOn.push(level);
    for (const binding of grants.filter(hasCondition)) {
      conditional.push({ level, role: binding.role, expression: binding.condition?.expression ?? '' });
    }
  }
  return { grantedOn, conditional };
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

function isInvoking(binding: Binding, inventory: Inventory): boolean {
  return (
    invokingRoles.has(binding.role) || (inventory.customRoles.get(binding.role)?.includes(invokePermission) ?? false)
  );
}
