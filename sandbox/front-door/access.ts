import { findProject } from '../apis/find-project.ts';
import type { Cloud } from '../cloud.ts';
import { type ConditionContext, holds } from './condition.ts';

export type DoorPermission = 'run.routes.invoke' | 'iap.webServiceVersions.accessViaIAP';

export interface AccessQuery {
  /** Members that the caller counts as; none = nobody is known. */
  readonly members: readonly string[];
  readonly permission: DoorPermission;
  /** Policy key of the service or of the IAP resource. */
  readonly resource: string;
  readonly context: ConditionContext;
}

/** Predefined roles that hold them (FACTS 9.2). */
const holders: Readonly<Record<DoorPermission, ReadonlySet<string>>> = {
  'run.routes.invoke': new Set(
    [
      ...['run.invoker', 'run.servicesInvoker', 'run.admin', 'run.editor', 'run.developer', 'run.sourceDeveloper'],
      ...['editor', 'owner', 'cloudfunctions.admin', 'cloudfunctions.developer', 'cloudfunctions.editor'],
      ...['firebase.admin', 'firebase.developAdmin', 'iam.devOps', 'iam.mlEngineer', 'iam.dataScientist'],
    ].map((name) => `roles/${name}`),
  ),
  'iap.webServiceVersions.accessViaIAP': new Set(['roles/iap.httpsResourceAccessor']),
};

/** Whether policies on the resource or anything above it (IAP's own levels, project, folders, organisation) let the caller through. Groups have no members here. */
export function isAllowed(cloud: Cloud, query: AccessQuery): boolean {
  return policyKeys(cloud, query.resource).some((key) =>
    (cloud.policies.get(key)?.bindings ?? []).some(
      ({ role, members = [], condition }) =>
        members.some((member) => isMember(member, query.members)) &&
        holdsPermission(cloud, role, query.permission) &&
        holds(condition, query.context),
    ),
  );
}

/** The resource, then what is above it, nearest first. */
export function policyKeys(cloud: Cloud, resource: string): string[] {
  const [root, below] = resource.split('/iap_web');
  const keys = below === undefined ? [resource] : iapKeys(`${root}/iap_web`, below);
  const project = findProject(cloud, resource.split('/')[1] ?? '');
  if (!project) return keys;
  keys.push(`projects/${project.projectId}`);
  for (let parent = project.parent; parent; parent = cloud.folders.get(parent)?.parent) keys.push(parent);
  return keys;
}

/** `…/iap_web/compute/services/1`, `…/iap_web/compute`, `…/iap_web` */
function iapKeys(root: string, below: string): string[] {
  const type = below.split('/')[1];
  return [...new Set([root + below, ...(type ? [`${root}/${type}`] : []), root])];
}

function isMember(held: string, callers: readonly string[]): boolean {
  if (held === 'allUsers') return true;
  if (held === 'allAuthenticatedUsers') return callers.length > 0;
  const wanted = held.toLowerCase();
  return callers.some((caller) => {
    const member = caller.toLowerCase();
    if (wanted.startsWith('domain:'))
      return member.startsWith('user:') && member.endsWith(`@${wanted.slice('domain:'.length)}`);
    return member === wanted;
  });
}

function holdsPermission(cloud: Cloud, role: string, permission: DoorPermission): boolean {
  if (role.startsWith('roles/')) return holders[permission].has(role);
  return cloud.roles.get(role)?.includes(permission) ?? false;
}
