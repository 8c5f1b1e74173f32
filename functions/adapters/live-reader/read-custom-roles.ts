import type { iam_v1 } from 'googleapis/build/src/apis/iam/v1.js';
import { isAgentMember, isClientIdMember } from '../../core/estate/identity.ts';
import { parseTexts } from '../../core/estate/normalize/fields.ts';
import type { NotEvaluated, Policy } from '../../core/inventory.ts';
import { AppError } from '../../errors.ts';
import { GoogleNotFound, type GoogleRead } from '../google-read.ts';

/** Names of the custom roles that these policies give to an IAP identity or to everybody: only they can change a rule's verdict. `isEvery`: to anybody. */
export function findCustomRoles(policies: Iterable<Policy>, isEvery = false): readonly string[] {
  const bindings = [...policies].flatMap((policy) => policy.bindings ?? []);
  const telling = bindings.filter(({ role, members }) => isCustomRole(role) && (isEvery || members?.some(isTelling)));
  return [...new Set(telling.map(({ role }) => role))];
}

export type RoleOrGap = { readonly permissions: readonly string[] } | { readonly gap: NotEvaluated };

/** The permissions of a custom role; a deleted one has none. A refusal is a value. */
export async function readCustomRole(iam: iam_v1.Iam, read: GoogleRead, role: string): Promise<RoleOrGap> {
  const roles = role.startsWith('organizations/') ? iam.organizations.roles : iam.projects.roles;
  try {
    const subject = { resource: `//iam.googleapis.com/${role}`, what: 'the custom role', role: 'roles/iam.roleViewer' };
    const { data } = await read(subject, () => roles.get({ name: role }));
    return { permissions: data.deleted === true ? [] : parseTexts(data.includedPermissions) };
  } catch (error) {
    if (error instanceof GoogleNotFound) return { permissions: [] };
    if (!(error instanceof AppError) || error.code !== 'read-denied') throw error;
    return { gap: { rule: '*', reason: 'custom-role-not-readable', resource: role } };
  }
}

function isCustomRole(role: string): boolean {
  return /^(projects|organizations)\/[^/]+\/roles\/[^/]+$/.test(role);
}

function isTelling(member: string): boolean {
  return (
    isAgentMember(member) || isClientIdMember(member) || member === 'allUsers' || member === 'allAuthenticatedUsers'
  );
}
