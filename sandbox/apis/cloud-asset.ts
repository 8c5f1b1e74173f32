import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud, ComputeRecord, ProjectRecord, RunServiceRecord } from '../cloud.ts';
import { takePage } from './paging.ts';
import { ancestorsOf } from './resource-manager-v1.ts';

const limits = { defaultSize: 100, maxSize: 500 };
const computeTypes: Readonly<Record<string, string>> = {
  'global/backendServices': 'compute.googleapis.com/BackendService',
  'regions/backendServices': 'compute.googleapis.com/RegionBackendService',
  'regions/networkEndpointGroups': 'compute.googleapis.com/NetworkEndpointGroup',
};

/** Cloud Asset Inventory's search over projects, Cloud Run services, backends and NEGs, of a project, folder or organisation. No query text yet. */
export const cloudAssetMethods: readonly ApiMethod[] = (['projects', 'folders', 'organizations'] as const).map(
  (kind) => ({
    id: 'cloudasset.searchAllResources',
    document: 'cloudasset.v1',
    verb: 'GET',
    path: `/v1/${kind}/{scope}:searchAllResources`,
    permission: {
      name: 'cloudasset.assets.searchAllResources',
      on: ({ params }) => `${kind}/${params['scope'] ?? ''}`,
    },
    handle(call, cloud) {
      if (call.query.get('query'))
        throw new GoogleError(400, 'INVALID_ARGUMENT', 'The sandbox does not know search queries.');
      const scope = `${kind}/${call.params['scope'] ?? ''}`;
      const found = [...cloud.projects.values()]
        .filter((project) => isInScope(cloud, project, scope))
        .flatMap((project) => resourcesOf(cloud, project))
        .filter(({ assetType }) => isAskedFor(call, assetType))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
      const { items, nextPageToken } = takePage(found, asked, limits);
      return {
        status: 200,
        body: {
          ...(items.length > 0 ? { results: items } : {}),
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        },
      };
    },
  }),
);

interface SearchResult {
  readonly name: string;
  readonly assetType: string;
  readonly [field: string]: unknown;
}

function isInScope(cloud: Cloud, project: ProjectRecord, scope: string): boolean {
  const names = [`projects/${project.projectId}`, `projects/${project.projectNumber}`];
  return [...names, ...ancestorsOf(cloud, project.parent)].includes(scope);
}

/** An asset type, or a regular expression that matches the whole of it, as Google takes both. */
function isAskedFor({ query }: ApiCall, assetType: string): boolean {
  const asked = query.getAll('assetTypes').flatMap((types) => types.split(','));
  return asked.length === 0 || asked.some((type) => type === assetType || new RegExp(`^(?:${type})$`).test(assetType));
}

function resourcesOf(cloud: Cloud, project: ProjectRecord): SearchResult[] {
  const prefix = `projects/${project.projectId}/`;
  const ancestors = ancestorsOf(cloud, project.parent);
  const common = {
    project: `projects/${project.projectNumber}`,
    folders: ancestors.filter((name) => name.startsWith('folders/')),
    ...(ancestors.at(-1)?.startsWith('organizations/') ? { organization: ancestors.at(-1) } : {}),
    parentAssetType: 'cloudresourcemanager.googleapis.com/Project',
    parentFullResourceName: `//cloudresourcemanager.googleapis.com/${prefix.slice(0, -1)}`,
  };
  const run = [...cloud.runServices]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, record]) => runResult(key, record));
  const compute = [...cloud.compute]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([key, record]) => computeResult(key, record));
  return [...run, ...compute].map((result) => ({ ...result, ...common }));
}

function runResult(key: string, { metadata }: RunServiceRecord): SearchResult {
  const created = metadata['creationTimestamp'];
  return {
    name: `//run.googleapis.com/${key}`,
    assetType: 'run.googleapis.com/Service',
    displayName: metadata.name,
    location: key.split('/')[3],
    ...(Object.keys(metadata.labels).length > 0 ? { labels: metadata.labels } : {}),
    ...(typeof created === 'string' ? { createTime: created } : {}),
  };
}

function computeResult(key: string, record: ComputeRecord): SearchResult[] {
  const [, , scope = '', ...rest] = key.split('/');
  const assetType = computeTypes[`${scope}/${rest.at(-2)}`];
  if (assetType === undefined) return [];
  const location = scope === 'global' ? 'global' : rest[0];
  const createTime = new Date(String(record['creationTimestamp'])).toISOString();
  return [{ name: `//compute.googleapis.com/${key}`, assetType, displayName: record.name, location, createTime }];
}
