import { createHash } from 'node:crypto';
import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud, FolderRecord, ProjectRecord } from '../cloud.ts';
import { hasPermission } from '../permissions.ts';
import { buildContainerPolicyMethods } from './container-policy.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';

const document = 'cloudresourcemanager.v3';
const policyVerbs = ['getIamPolicy', 'setIamPolicy', 'testIamPermissions'] as const;
const limits = { defaultSize: 300, maxSize: 1000 };

/** Resource Manager v3: projects, folders and organisations by name, and their policies. */
export const resourceManagerV3Methods: readonly ApiMethod[] = [
  {
    id: 'cloudresourcemanager.projects.get',
    document,
    verb: 'GET',
    path: '/v3/projects/{project}',
    permission: { name: 'resourcemanager.projects.get', on: ({ params }) => `projects/${params['project'] ?? ''}` },
    handle: (call, cloud) => ({
      status: 200,
      body: projectBody(requireProject(cloud, call.params['project'] ?? ''), call),
    }),
  },
  { id: 'cloudresourcemanager.projects.list', document, verb: 'GET', path: '/v3/projects', handle: listProjects },
  {
    id: 'cloudresourcemanager.projects.search',
    document,
    verb: 'GET',
    path: '/v3/projects:search',
    handle: searchProjects,
  },
  buildContainerGet('folders'),
  buildContainerGet('organizations'),
  ...(['projects', 'folders', 'organizations'] as const).flatMap((kind) =>
    buildContainerPolicyMethods({ document, kind, verbs: policyVerbs }),
  ),
];

function buildContainerGet(kind: 'folders' | 'organizations'): ApiMethod {
  const nameOf = ({ params }: ApiCall) => `${kind}/${params['container'] ?? ''}`;
  return {
    id: `cloudresourcemanager.${kind}.get`,
    document,
    verb: 'GET',
    path: `/v3/${kind}/{container}`,
    permission: { name: `resourcemanager.${kind}.get`, on: nameOf },
    handle(call, cloud) {
      const record = cloud.folders.get(nameOf(call));
      if (!record) throw new GoogleError(403, 'PERMISSION_DENIED', 'The caller does not have permission');
      return { status: 200, body: containerBody(record, call) };
    },
  };
}

function listProjects(call: ApiCall, cloud: Cloud) {
  const parent = call.query.get('parent');
  if (!parent)
    throw new GoogleError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument: parent is required.');
  return pageOfProjects(call, cloud, (project) => project.parent === parent);
}

function searchProjects(call: ApiCall, cloud: Cloud) {
  const terms = (call.query.get('query') ?? '').split(/\s+(?:AND\s+)?/).filter((term) => term !== '');
  return pageOfProjects(call, cloud, (project) => terms.every((term) => holds(term, project)));
}

function holds(term: string, project: ProjectRecord): boolean {
  const [, field, value = ''] = /^(\w+)[:=]"?([^"]*)"?$/.exec(term) ?? [];
  const isPrefix = value.endsWith('*');
  const matches = (text: string) => (isPrefix ? text.startsWith(value.slice(0, -1)) : text === value);
  switch (field) {
    case 'state':
      return value === 'ACTIVE';
    case 'projectId':
    case 'id':
      return matches(project.projectId);
    case 'displayName':
    case 'name':
      return matches(project.displayName);
    case 'parent':
      return project.parent === value;
    default:
      throw new GoogleError(400, 'INVALID_ARGUMENT', `The sandbox does not know the query '${term}'.`);
  }
}

/** Only what the caller may get. */
function pageOfProjects(call: ApiCall, cloud: Cloud, isWanted: (project: ProjectRecord) => boolean) {
  const seen = [...cloud.projects.values()].filter(
    (project) =>
      isWanted(project) &&
      hasPermission(cloud, call.caller.member, 'resourcemanager.projects.get', `projects/${project.projectId}`),
  );
  const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
  const { items, nextPageToken } = takePage(seen, asked, limits);
  return {
    status: 200,
    body: {
      ...(items.length > 0 ? { projects: items.map((project) => projectBody(project, call)) } : {}),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    },
  };
}

function projectBody(project: ProjectRecord, call: ApiCall) {
  return {
    name: `projects/${project.projectNumber}`,
    ...(project.parent === undefined ? {} : { parent: project.parent }),
    projectId: project.projectId,
    state: stateFor(call),
    displayName: project.displayName,
    createTime: project.createTime,
    updateTime: project.createTime,
    etag: etagOf(project),
  };
}

function containerBody(record: FolderRecord, call: ApiCall) {
  const { name, displayName, parent } = record;
  return {
    name,
    ...(parent === undefined ? {} : { parent }),
    displayName,
    state: stateFor(call),
    etag: etagOf(record),
  };
}

/** Everything here is active. Google's generated clients ask for enum values as numbers. */
function stateFor({ query }: ApiCall): 'ACTIVE' | 1 {
  return query.get('$alt')?.includes('enum-encoding=int') ? 1 : 'ACTIVE';
}

function etagOf(record: object): string {
  return `W/"${createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 16)}"`;
}
