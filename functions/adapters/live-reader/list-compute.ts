import type { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import { type JsonRecord, parseList, parseRecord, parseText } from '../../core/estate/normalize/fields.ts';
import { buildProjectName, parseComputeName } from '../../core/estate/resource-name.ts';
import type { GoogleRead } from '../google-read.ts';
import { buildUnreachable, type RawList } from './raw-list.ts';

/** networkViewer lacks the lists of NEGs (FACTS 9.2). */
const role = 'roles/compute.viewer';

/** Every backend service of a project, global and regional, as Compute gives it. */
export function listBackendServices(compute: compute_v1.Compute, read: GoogleRead, project: string): Promise<RawList> {
  return listAggregated(project, 'backendServices', (pageToken) =>
    read({ resource: buildProjectName(project), what: 'the backend services', role }, () =>
      compute.backendServices.aggregatedList({ project, ...pageToken }),
    ),
  );
}

/** Every NEG of a project; serverless ones are regional (FACTS 3). */
export function listNegs(compute: compute_v1.Compute, read: GoogleRead, project: string): Promise<RawList> {
  return listAggregated(project, 'networkEndpointGroups', (pageToken) =>
    read({ resource: buildProjectName(project), what: 'the network endpoint groups', role }, () =>
      compute.networkEndpointGroups.aggregatedList({ project, ...pageToken }),
    ),
  );
}

/** One regional NEG by full resource name, as Compute gives it. */
export async function getNeg(compute: compute_v1.Compute, read: GoogleRead, name: string): Promise<unknown> {
  const parts = parseComputeName(name);
  if (!parts) return undefined;
  const { project, region, id: networkEndpointGroup } = parts;
  const { data } = await read({ resource: name, what: 'the network endpoint group', role }, () =>
    compute.regionNetworkEndpointGroups.get({ project, region, networkEndpointGroup }),
  );
  return data;
}

type Page = (pageToken: { pageToken?: string }) => Promise<{ data: unknown }>;

/**
 * Every page of an aggregated list, and the scopes that could not be looked into. `returnPartialSuccess` is not sent: the
 * v1 document knows no such parameter (FACTS 3).
 */
export async function listAggregated(project: string, collection: string, readPage: Page): Promise<RawList> {
  const items: unknown[] = [];
  const unreachable = new Set<string>();
  let next: string | undefined;
  do {
    const page = parseRecord((await readPage(next === undefined ? {} : { pageToken: next })).data) ?? {};
    for (const [scope, value] of Object.entries(parseRecord(page['items']) ?? {})) {
      const scoped = parseRecord(value);
      items.push(...parseList(scoped?.[collection]));
      if (isGap(scoped)) unreachable.add(scope);
    }
    for (const link of parseList(page['unreachables'])) unreachable.add(String(link));
    if (isGap(page) && unreachable.size === 0) unreachable.add('');
    next = parseText(page['nextPageToken']);
  } while (next !== undefined);
  const regions = [...new Set([...unreachable].filter(mayHoldServerless).map(regionOfScope))];
  return {
    items,
    unreadable: regions.map((region) => buildUnreachable('compute', project, region)),
    missing: regions.map((region) => region ?? '*'),
  };
}

/** NO_RESULTS_ON_PAGE is how Compute says "empty here". */
function isGap(scoped: JsonRecord | undefined): boolean {
  const code = parseRecord(scoped?.['warning'])?.['code'];
  return code === 'UNREACHABLE' || code === 'PARTIAL_SUCCESS';
}

/** Zones hold neither backend services nor serverless NEGs. */
function mayHoldServerless(scope: string): boolean {
  return !/(^|\/)zones\//.test(scope);
}

/** `regions/R`, a link that ends so, or `global`; '' = Compute did not say where. */
function regionOfScope(scope: string): string | undefined {
  return /(?:^|\/)regions\/([^/]+)$/.exec(scope)?.[1] ?? (scope.endsWith('global') ? 'global' : undefined);
}
