import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';

const base = '/v1/projects/{project}/locations/{location}/triggers';

/** Eventarc v1: triggers are looked at; a deployment puts them there, and its delivery does what they say. */
export const eventarcMethods: readonly ApiMethod[] = [
  {
    id: 'eventarc.projects.locations.triggers.list',
    document: 'eventarc.v1',
    verb: 'GET',
    path: base,
    permission: { name: 'eventarc.triggers.list', on: onProject },
    handle: listTriggers,
  },
  {
    id: 'eventarc.projects.locations.triggers.get',
    document: 'eventarc.v1',
    verb: 'GET',
    path: `${base}/{trigger}`,
    permission: { name: 'eventarc.triggers.get', on: onProject },
    handle(call, cloud) {
      const name = `${parentOf(call, cloud)}${call.params['trigger']}`;
      const trigger = cloud.triggers.get(name);
      if (!trigger) throw new GoogleError(404, 'NOT_FOUND', `Resource '${name}' was not found`);
      return { status: 200, body: trigger };
    },
  },
];

function listTriggers(call: ApiCall, cloud: Cloud): ApiReply {
  const { query } = call;
  for (const field of ['filter', 'orderBy'])
    if (query.get(field))
      throw new GoogleError(501, 'UNIMPLEMENTED', `${field} of triggers.list is not modelled by the sandbox.`);
  const parent = parentOf(call, cloud);
  const found = [...cloud.triggers.values()].filter(({ name }) => name.startsWith(parent));
  const asked = { size: query.get('pageSize'), token: query.get('pageToken') };
  const { items, nextPageToken } = takePage(found, asked, { defaultSize: 100, maxSize: 1000 });
  return {
    status: 200,
    body: { ...(items.length > 0 ? { triggers: items } : {}), ...(nextPageToken ? { nextPageToken } : {}) },
  };
}

function parentOf({ params }: ApiCall, cloud: Cloud): string {
  const { projectId } = requireProject(cloud, params['project'] ?? '');
  return `projects/${projectId}/locations/${params['location']}/triggers/`;
}

function onProject({ params }: ApiCall): string {
  return `projects/${params['project'] ?? ''}`;
}
