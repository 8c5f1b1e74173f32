import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';

const onProject = ({ params }: ApiCall) => `projects/${params['project'] ?? ''}`;
const limits = { defaultSize: 300, maxSize: 1000 };

/** IAM roles: predefined ones by name, a project's own by name and as a list. */
export const iamRolesMethods: readonly ApiMethod[] = [
  {
    id: 'iam.roles.get',
    document: 'iam.v1',
    verb: 'GET',
    path: '/v1/roles/{role}',
    handle: ({ params }, cloud) => ({ status: 200, body: roleBody(cloud, `roles/${params['role'] ?? ''}`) }),
  },
  {
    id: 'iam.projects.roles.get',
    document: 'iam.v1',
    verb: 'GET',
    path: '/v1/projects/{project}/roles/{role}',
    permission: { name: 'iam.roles.get', on: onProject },
    handle: (call, cloud) => ({
      status: 200,
      body: roleBody(cloud, `${rolesOf(call, cloud)}${call.params['role'] ?? ''}`),
    }),
  },
  {
    id: 'iam.projects.roles.list',
    document: 'iam.v1',
    verb: 'GET',
    path: '/v1/projects/{project}/roles',
    permission: { name: 'iam.roles.list', on: onProject },
    handle(call, cloud) {
      const names = [...cloud.roles.keys()].filter((name) => name.startsWith(rolesOf(call, cloud)));
      const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
      const { items, nextPageToken } = takePage(names, asked, limits);
      const isFull = call.query.get('view') === 'FULL';
      const roles = items.map((name) => {
        const { includedPermissions, ...rest } = roleBody(cloud, name);
        return isFull ? { ...rest, includedPermissions } : rest;
      });
      return {
        status: 200,
        body: { ...(roles.length > 0 ? { roles } : {}), ...(nextPageToken === undefined ? {} : { nextPageToken }) },
      };
    },
  },
];

function rolesOf(call: ApiCall, cloud: Cloud): string {
  return `projects/${requireProject(cloud, call.params['project'] ?? '').projectId}/roles/`;
}

function roleBody(cloud: Cloud, name: string) {
  const permissions = cloud.roles.get(name);
  if (!permissions) throw new GoogleError(404, 'NOT_FOUND', `The role named ${name} was not found.`);
  const title = name.split('/').at(-1) ?? name;
  return { name, title, includedPermissions: [...permissions], stage: 'GA', etag: 'AA==' };
}
