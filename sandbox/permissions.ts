import { type Caller, GoogleError } from './api.ts';
import { findProject } from './apis/find-project.ts';
import type { Cloud } from './cloud.ts';

/**
 * Whether a member holds a permission on a resource, by the policies of the resource itself, its project, folders and
 * organisation. `resource` is a key of `cloud.policies`; project ids and numbers are the same. Conditional bindings count
 * only where their expression is a request time that holds, or confines the caller to roles that hold all of
 * `modifiedRoles` (FACTS 10: none are modified by what is no setIamPolicy); groups have no members here.
 */
export function hasPermission(
  cloud: Cloud,
  member: string,
  permission: string,
  resource: string,
  modifiedRoles: readonly string[] = [],
): boolean {
  return ancestry(cloud, resource).some((key) =>
    (cloud.policies.get(key)?.bindings ?? []).some(
      (binding) =>
        (binding.members ?? []).some((held) => isMember(held, member)) &&
        roleHolds(cloud.roles.get(binding.role), permission) &&
        conditionHolds(cloud, binding.condition, modifiedRoles),
    ),
  );
}

/** Throws Google's 403 when the caller lacks the permission. */
export function requirePermission(
  cloud: Cloud,
  caller: Caller,
  permission: string,
  resource: string,
  modifiedRoles?: readonly string[],
): void {
  if (hasPermission(cloud, caller.member, permission, resource, modifiedRoles)) return;
  throw new GoogleError(
    403,
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '${fullName(permission, resource)}' (or it may not exist).`,
    undefined,
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'IAM_PERMISSION_DENIED',
        domain: `${permission.split('.')[0]}.googleapis.com`,
        metadata: { permission, resource },
      },
    ],
  );
}

/** The same key with the project as policies are kept: by number below `iap_web`, by id everywhere else. */
export function canonicalKey(cloud: Cloud, key: string): string {
  const [, name, rest = ''] = /^projects\/([^/]+)(\/.*)?$/.exec(key) ?? [];
  if (name === undefined) return key;
  const project = findProject(cloud, name);
  if (!project) return key;
  return `projects/${rest.startsWith('/iap_web') ? project.projectNumber : project.projectId}${rest}`;
}

function ancestry(cloud: Cloud, resource: string): string[] {
  const key = canonicalKey(cloud, resource);
  const keys = [key];
  for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1)) {
    const above = key.slice(0, at);
    if (above.includes('/')) keys.push(above);
  }
  const project = findProject(cloud, /^projects\/([^/]+)/.exec(key)?.[1] ?? '');
  if (project) keys.push(`projects/${project.projectId}`);
  for (
    let parent = project?.parent ?? cloud.folders.get(key)?.parent;
    parent;
    parent = cloud.folders.get(parent)?.parent
  )
    keys.push(parent);
  return keys;
}

function isMember(held: string, member: string): boolean {
  if (held === 'allUsers' || held === 'allAuthenticatedUsers') return true;
  if (held.startsWith('domain:'))
    return member.startsWith('user:') && member.toLowerCase().endsWith(`@${held.slice(7).toLowerCase()}`);
  return held.toLowerCase() === member.toLowerCase();
}

function roleHolds(permissions: readonly string[] | undefined, permission: string): boolean {
  return (permissions ?? []).some((held) => {
    if (held === '*') return permission !== 'iap.webServiceVersions.accessViaIAP';
    return held.endsWith('*') ? permission.startsWith(held.slice(0, -1)) : held === permission;
  });
}

function conditionHolds(
  cloud: Cloud,
  condition: Record<string, unknown> | undefined,
  modifiedRoles: readonly string[],
): boolean {
  const expression = condition?.['expression'];
  if (typeof expression !== 'string' || expression === '') return true;
  const only = modifiedGrants.exec(expression)?.[1];
  if (only !== undefined) {
    const allowed = only.split(',').map((role) => role.trim().replace(/^["']|["']$/g, ''));
    return modifiedRoles.every((role) => allowed.includes(role));
  }
  const [, operator, time] =
    /^\s*request\.time\s*(<|<=|>|>=)\s*timestamp\(["']([^"']+)["']\)\s*$/.exec(expression) ?? [];
  if (time === undefined) return false;
  const now = cloud.now().getTime();
  const limit = Date.parse(time);
  return operator?.startsWith('<') ? now < limit : now > limit;
}

/** The one form that Google documents for confining what may be granted (FACTS 10). */
const modifiedGrants =
  /^\s*api\.getAttribute\(\s*["']iam\.googleapis\.com\/modifiedGrantsByRole["']\s*,\s*\[\]\s*\)\s*\.hasOnly\(\s*\[([^\]]*)\]\s*\)\s*$/;

function fullName(permission: string, resource: string): string {
  const api = permission.split('.')[0];
  if (/^(projects|folders|organizations)\/[^/]+$/.test(resource))
    return `//cloudresourcemanager.googleapis.com/${resource}`;
  return `//${api}.googleapis.com/${resource}`;
}
