import { parseTexts } from '../estate/normalize/fields.ts';
import { projectOf, textOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';

export function isCustomRole({ type, mode }: PlannedResource): boolean {
  return (
    mode === 'managed' && (type === 'google_project_iam_custom_role' || type === 'google_organization_iam_custom_role')
  );
}

/** `projects/P/roles/R`, `organizations/N/roles/R`: as grants name it. */
export function customRoleName(view: PlanView, role: PlannedResource): string {
  const id = textOf(view, role, ['role_id']) ?? `(known after apply: ${role.address.replaceAll('/', '%2F')})`;
  return role.type === 'google_project_iam_custom_role'
    ? `projects/${projectOf(view, role)}/roles/${id}`
    : `organizations/${textOf(view, role, ['org_id']) ?? ''}/roles/${id}`;
}

/** Permissions of the custom roles of a plan, by role name. */
export function readCustomRoles(view: PlanView): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...view.plan.resources.values()]
      .filter(isCustomRole)
      .map((role) => [customRoleName(view, role), parseTexts(role.values['permissions'])]),
  );
}
