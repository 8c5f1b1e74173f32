import type { ApiCall, ApiMethod } from '../../api.ts';
import type { Cloud, ComputeRecord } from '../../cloud.ts';
import { requirePermission } from '../../permissions.ts';
import { type Page, takePage } from '../paging.ts';
import type { ComputeCollection } from './collection.ts';
import { invalid, keyOf, linkOf, notFound, placeOf } from './place.ts';

const limits = { defaultSize: 500, maxSize: 500 };

/** Regions that an aggregated list names even when nothing is in them; regions in use are added to these. */
const knownRegions = ['asia-east1', 'europe-west1', 'europe-west4', 'us-central1', 'us-east1', 'us-west1'];

/** Whether Google asks for the spelling with or without a region is written nowhere: here for both. */
const readsToo: Readonly<Record<string, readonly string[]>> = {
  regionNetworkEndpointGroups: ['compute.networkEndpointGroups.get'],
};

/**
 * get and list of each scope, and aggregatedList. Whether an aggregated list shows regional resources to who may list
 * global ones only is not documented (FACTS 9.1): here it asks for the permission of each scope that it shows.
 */
export function buildReadMethods(collection: ComputeCollection): readonly ApiMethod[] {
  const { plural, singular } = collection;
  const own = collection.scopes.flatMap(({ scope, resource }): ApiMethod[] => {
    const path = `/compute/v1/projects/{project}/${scope === 'global' ? 'global' : 'regions/{region}'}/${plural}`;
    const common = { document: 'compute.v1', verb: 'GET' } as const;
    return [
      {
        ...common,
        id: `compute.${resource}.get`,
        path: `${path}/{${singular}}`,
        permission: { name: `compute.${resource}.get`, on: projectKey },
        handle(call, cloud) {
          for (const name of readsToo[resource] ?? []) requirePermission(cloud, call.caller, name, projectKey(call));
          return { status: 200, body: getOne(collection, call, cloud) };
        },
      },
      {
        ...common,
        id: `compute.${resource}.list`,
        path,
        permission: { name: `compute.${resource}.list`, on: projectKey },
        handle: (call, cloud) => ({ status: 200, body: listOne(collection, call, cloud) }),
      },
    ];
  });
  const aggregated: ApiMethod = {
    document: 'compute.v1',
    verb: 'GET',
    id: `compute.${collection.aggregatedBy}.aggregatedList`,
    path: `/compute/v1/projects/{project}/aggregated/${plural}`,
    permission: { name: `compute.${collection.aggregatedBy}.list`, on: projectKey },
    handle(call, cloud) {
      for (const { resource } of collection.scopes)
        requirePermission(cloud, call.caller, `compute.${resource}.list`, projectKey(call));
      return { status: 200, body: listAggregated(collection, call, cloud) };
    },
  };
  return [...own, aggregated];
}

/** Compute's policies here are those of the project. */
export function projectKey(call: ApiCall): string {
  return `projects/${call.params['project'] ?? ''}`;
}

function getOne(collection: ComputeCollection, call: ApiCall, cloud: Cloud): ComputeRecord | undefined {
  const key = keyOf(placeOf(call.params, cloud), collection.plural, call.params[collection.singular] ?? '');
  const record = cloud.compute.get(key) ?? findById(cloud, key);
  if (!record) throw notFound(key);
  return present(collection, [record], cloud)[0];
}

/** Compute takes the numeric id where a name is asked for. */
function findById(cloud: Cloud, key: string): ComputeRecord | undefined {
  const [, parent, id] = /^(.*\/)(\d+)$/.exec(key) ?? [];
  if (parent === undefined) return undefined;
  for (const [other, record] of cloud.compute) if (record.id === id && other.startsWith(parent)) return record;
  return undefined;
}

function listOne(collection: ComputeCollection, call: ApiCall, cloud: Cloud): Record<string, unknown> {
  const place = placeOf(call.params, cloud);
  const parent = keyOf(place, collection.plural, '');
  const page = pageOf(
    recordsOf(cloud, (key) => key.startsWith(parent)),
    call,
  );
  const items = present(
    collection,
    page.items.map(({ record }) => record),
    cloud,
  );
  return {
    kind: `${collection.kind}List`,
    id: parent.slice(0, -1),
    ...(items.length > 0 ? { items } : {}),
    ...tokenOf(page),
    selfLink: linkOf(parent.slice(0, -1)),
  };
}

function listAggregated(collection: ComputeCollection, call: ApiCall, cloud: Cloud): Record<string, unknown> {
  const project = `projects/${placeOf(call.params, cloud).project.projectId}/`;
  const isOurs = (key: string) => key.startsWith(project) && key.split('/').at(-2) === collection.plural;
  const page = pageOf(recordsOf(cloud, isOurs), call);
  const byScope = Map.groupBy(page.items, ({ key }) => key.slice(project.length).replace(/\/[^/]+\/[^/]+$/, ''));
  const scopes = allScopes(cloud, collection, project, call.query.get('includeAllScopes')?.toLowerCase() === 'true');
  const items = [...new Set([...scopes, ...byScope.keys()])].map((scope) => {
    const found = byScope.get(scope);
    if (!found) return [scope, { warning: emptyWarning(scope) }];
    return [
      scope,
      {
        [collection.plural]: present(
          collection,
          found.map(({ record }) => record),
          cloud,
        ),
      },
    ];
  });
  const id = `${project}aggregated/${collection.plural}`;
  return {
    kind: collection.aggregatedKind,
    id,
    items: Object.fromEntries(items),
    ...tokenOf(page),
    selfLink: linkOf(id),
  };
}

/** Every scope of the types where the resource is expected; with `includeAllScopes` of all types. */
function allScopes(cloud: Cloud, collection: ComputeCollection, project: string, isEveryType: boolean): string[] {
  const isUsed = (scope: 'global' | 'region') => isEveryType || collection.scopes.some((own) => own.scope === scope);
  const inUse = [...cloud.compute.keys(), ...cloud.runServices.keys()]
    .filter((key) => key.startsWith(project))
    .map((key) => /\/(?:regions|locations)\/([^/]+)\//.exec(key)?.[1])
    .filter((region) => region !== undefined);
  const regions = [...new Set([...knownRegions, ...inUse])].sort();
  return [
    ...(isUsed('global') ? ['global'] : []),
    ...(isUsed('region') ? regions.map((region) => `regions/${region}`) : []),
    ...(isEveryType ? regions.map((region) => `zones/${region}-b`) : []),
  ];
}

function emptyWarning(scope: string): Record<string, unknown> {
  return {
    code: 'NO_RESULTS_ON_PAGE',
    message: `There are no results for scope '${scope}' on this page.`,
    data: [{ key: 'scope', value: scope }],
  };
}

interface Keyed {
  readonly key: string;
  readonly record: ComputeRecord;
}

function recordsOf(cloud: Cloud, isWanted: (key: string) => boolean): Keyed[] {
  const found: Keyed[] = [];
  for (const [key, record] of cloud.compute) if (isWanted(key)) found.push({ key, record });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function pageOf(all: Keyed[], call: ApiCall): Page<Keyed> {
  const filter = call.query.get('filter');
  if (filter) throw invalid('filter', filter, 'The sandbox does not filter Compute lists.');
  const order = call.query.get('orderBy');
  if (order === 'creationTimestamp desc') all.sort((a, b) => createdAt(b) - createdAt(a));
  else if (order && order !== 'name') throw invalid('orderBy', order, 'Must be name or creationTimestamp desc.');
  return takePage(all, { size: call.query.get('maxResults'), token: call.query.get('pageToken') }, limits);
}

function createdAt({ record }: Keyed): number {
  return Date.parse(String(record['creationTimestamp']));
}

function tokenOf(page: Page<unknown>): { nextPageToken?: string } {
  return page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken };
}

function present(collection: ComputeCollection, records: readonly ComputeRecord[], cloud: Cloud) {
  return collection.present ? collection.present(records, cloud) : records;
}
