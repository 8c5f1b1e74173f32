import type { ApiCall, ApiMethod, ApiReply } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';

/** Cloud Logging's sinks of projects: they are looked at; whoever plays a deployment with one puts it there. */
export const loggingSinksMethods: readonly ApiMethod[] = [
  {
    id: 'logging.projects.sinks.list',
    document: 'logging.v2',
    verb: 'GET',
    path: '/v2/projects/{project}/sinks',
    permission: { name: 'logging.sinks.list', on: ({ params }) => `projects/${params['project'] ?? ''}` },
    handle: listSinks,
  },
];

function listSinks({ params, query }: ApiCall, cloud: Cloud): ApiReply {
  const { projectId } = requireProject(cloud, params['project'] ?? '');
  const parent = `projects/${projectId}/sinks/`;
  const found = [...cloud.sinks].filter(([name]) => name.startsWith(parent)).map(([, sink]) => sink);
  const asked = { size: query.get('pageSize'), token: query.get('pageToken') };
  const { items, nextPageToken } = takePage(found, asked, { defaultSize: 50, maxSize: 1000 });
  return {
    status: 200,
    body: { ...(items.length > 0 ? { sinks: items } : {}), ...(nextPageToken ? { nextPageToken } : {}) },
  };
}
