import { projectName } from './names.ts';
import type { Binding, Estate, Service } from './oracle-types.ts';

/** CONTRACT 1: "Invoking roles = exactly run.invoker, run.servicesInvoker, run.admin, run.editor, run.developer,
 * run.sourceDeveloper, editor, owner" */
const invokingRoles = [
  'roles/run.invoker',
  'roles/run.servicesInvoker',
  'roles/run.admin',
  'roles/run.editor',
  'roles/run.developer',
  'roles/run.sourceDeveloper',
  'roles/editor',
  'roles/owner',
];

/** "and a custom role whose definition was read and contains run.routes.invoke" */
function isInvoking(role: string, estate: Estate): boolean {
  return invokingRoles.includes(role) || estate.invokingCustomRoles.includes(role);
}

/** "E-mails compare in lower case; roles and prefixes exactly." */
export function canonicalMember(member: string): string {
  const colon = member.indexOf(':');
  return member.slice(0, colon + 1) + (colon < 0 ? member : member.slice(colon + 1).toLowerCase());
}

function holds(binding: Binding, member: string): boolean {
  return binding.members.some((one) => canonicalMember(one) === canonicalMember(member));
}

/**
 * CONTRACT 3: "A service without IAM_POLICY line has an empty policy if the input holds any IAM_POLICY line whose
 * canonical name lies in that project (the Project itself included), else `unreadable {iam-policy-not-exported}`."
 */
export function isPolicyReadable(service: Service, estate: Estate): boolean {
  return estate.policies.has(service.name) || estate.projectsWithPolicyLine.includes(service.project);
}

export function ownBindings(service: Service, estate: Estate): readonly Binding[] {
  return (estate.policies.get(service.name) ?? []).filter((binding) => isInvoking(binding.role, estate));
}

/** "on the service, its project, folder or organisation": the last three. */
export function inheritedBindings(service: Service, estate: Estate): readonly Binding[] {
  const levels = [projectName(service.project)];
  for (const ancestor of service.ancestors ?? []) if (!levels.includes(ancestor)) levels.push(ancestor);
  const bindings: Binding[] = [];
  for (const level of levels) bindings.push(...(estate.policies.get(level) ?? []));
  return bindings.filter((binding) => isInvoking(binding.role, estate));
}

/**
 * CONTRACT 1: "Access (have) = the identity is a literal member of an *unconditional* binding of an invoking role on the
 * service, its project, folder or organisation. Not access: conditional bindings, groups, domain:, principalSet:,
 * `deleted:`, allUsers, allAuthenticatedUsers."
 */
export function hasAccess(principal: string, service: Service, estate: Estate): boolean {
  const all = [...ownBindings(service, estate), ...inheritedBindings(service, estate)];
  return all.some((binding) => !binding.conditional && holds(binding, principal));
}

export function hasInheritedAccess(principal: string, service: Service, estate: Estate): boolean {
  return inheritedBindings(service, estate).some((binding) => !binding.conditional && holds(binding, principal));
}

/** "Conditional grant = a conditional binding of an invoking role to the identity, at any level." */
export function hasConditionalGrant(principal: string, service: Service, estate: Estate): boolean {
  const all = [...ownBindings(service, estate), ...inheritedBindings(service, estate)];
  return all.some((binding) => binding.conditional && holds(binding, principal));
}
