import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud, FolderRecord, ProjectRecord } from '../cloud.ts';
import { hasPermission } from '../permissions.ts';
import { buildContainerPolicyMethods } from './container-policy.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';
import { parseObject } from './parse-object.ts';

const document = 'cloudresourcemanager.v1';
const policyVerbs = ['getIamPolicy', 'setIamPolicy', 'testIamPermissions'] as const;
const onProject = ({ params }: ApiCall) => `projects/${params['projectId'] ?? ''}`;
const limits = { defaultSize: 500, maxSize: 1000 };

/** Resource Manager v1, which gcloud speaks: projects, their ancestors and policies, and the organisations one may see. */
export const resourceManagerV1Methods: readonly ApiMethod[] = [
  {
    id: 'cloudresourcemanager.projects.get',
    document,
    verb: 'GET',
    path: '/v1/projects/{projectId}',
    permission: { name: 'resourcemanager.projects.get', on: onProject },
    handle: ({ params }, cloud) => ({
      status: 200,
      body: projectBody(requireProject(cloud, params['projectId'] ?? '')),
    }),
  },
  { id: 'cloudresourcemanager.projects.list', document, verb: 'GET', path: '/v1/projects', handle: listProjects },
  {
    id: 'cloudresourcemanager.projects.getAncestry',
    document,
    verb: 'POST',
    path: '/v1/projects/{projectId}:getAncestry',
    permission: { name: 'resourcemanager.projects.get', on: onProject },
    handle({ params }, cloud) {
      const project = requireProject(cloud, params['projectId'] ?? '');
      const names = [`projects/${project.projectId}`, ...ancestorsOf(cloud, project.parent)];
      return { status: 200, body: { ancestor: names.map((name) => ({ resourceId: resourceId(name) })) } };
    },
  },
  {
    id: 'cloudresourcemanager.organizations.search',
    document,
    verb: 'POST',
    path: '/v1/organizations:search',
    handle: searchOrganizations,
  },
  {
    id: 'cloudresourcemanager.organizations.get',
    document,
    verb: 'GET',
    path: '/v1/organizations/{organization}',
    permission: {
      name: 'resourcemanager.organizations.get',
      on: ({ params }) => `organizations/${params['organization'] ?? ''}`,
    },
    handle({ params }, cloud) {
      const folder = cloud.folders.get(`organizations/${params['organization'] ?? ''}`);
      if (!folder) throw new GoogleError(403, 'PERMISSION_DENIED', 'The caller does not have permission', 'forbidden');
      return { status: 200, body: organizationBody(folder) };
    },
  },
  ...buildContainerPolicyMethods({ document, kind: 'projects', verbs: policyVerbs }),
  ...buildContainerPolicyMethods({ document, kind: 'organizations', verbs: policyVerbs }),
];

/** A project's folders and organisation, nearest first. */
export function ancestorsOf(cloud: Cloud, parent: string | undefined): string[] {
  const names: string[] = [];
  for (let name = parent; name; name = cloud.folders.get(name)?.parent) names.push(name);
  return names;
}

function listProjects({ query, caller }: ApiCall, cloud: Cloud) {
  const isWanted = buildFilter(query.get('filter') ?? '');
  const seen = [...cloud.projects.values()].filter(
    (project) =>
      isWanted(project) &&
      hasPermission(cloud, caller.member, 'resourcemanager.projects.get', `projects/${project.projectId}`),
  );
  const { items, nextPageToken } = takePage(
    seen,
    { size: query.get('pageSize'), token: query.get('pageToken') },
    limits,
  );
  return {
    status: 200,
    body: {
      ...(items.length > 0 ? { projects: items.map(projectBody) } : {}),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    },
  };
}

/** Terms `field:value` that must all hold, as far as there are such fields here. */
function buildFilter(filter: string): (project: ProjectRecord) => boolean {
  const terms = filter.split(/\s+(?:AND\s+)?/).filter((term) => term !== '');
  const tests = terms.map((term): ((project: ProjectRecord) => boolean) => {
    const [, field, value = ''] = /^([\w.]+)[:=]"?([^"]*)"?$/.exec(term) ?? [];
    switch (field) {
      case 'lifecycleState':
        return () => value === 'ACTIVE';
      case 'id':
      case 'projectId':
        return ({ projectId }) => matches(projectId, value);
      case 'name':
        return ({ displayName }) => matches(displayName, value);
      case 'parent.id':
        return ({ parent }) => parent?.split('/')[1] === value;
      case 'parent.type':
        return ({ parent }) => parent?.startsWith(value) === true;
      default:
        throw new GoogleError(400, 'INVALID_ARGUMENT', `The sandbox does not know the filter '${term}'.`);
    }
  });
  return (project) => tests.every((test) => test(project));
}

function matches(text: string, pattern: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

function searchOrganizations({ body, caller }: ApiCall, cloud: Cloud) {
  parseObject(body);
  const seen = [...cloud.folders.values()].filter(
    ({ name }) =>
      name.startsWith('organizations/') &&
      hasPermission(cloud, caller.member, 'resourcemanager.organizations.get', name),
  );
  return { status: 200, body: seen.length > 0 ? { organizations: seen.map(organizationBody) } : {} };
}

function projectBody(project: ProjectRecord) {
  return {
    projectNumber: project.projectNumber,
    projectId: project.projectId,
    lifecycleState: 'ACTIVE',
    name: project.displayName,
    createTime: project.createTime,
    ...(project.parent === undefined ? {} : { parent: resourceId(project.parent) }),
  };
}

function organizationBody({ name, displayName }: FolderRecord) {
  return { name, displayName, lifecycleState: 'ACTIVE', owner: { directoryCustomerId: 'C0sandbox' } };
}

/** `folders/1` -> `{type: 'folder', id: '1'}`. */
function resourceId(name: string): { type: string; id: string } {
  const [kind = '', id = ''] = name.split('/');
  return { type: kind.slice(0, -1), id };
}
