import { GoogleError } from '../../api.ts';
import type { Cloud, RunServiceRecord } from '../../cloud.ts';
import { requireProject } from '../find-project.ts';

/** Where a Cloud Run service is: project id, region, name. */
export interface RunPlace {
  readonly project: string;
  readonly region: string;
  readonly service: string;
}

/** Key of `cloud.runServices` and `cloud.policies`, and the resource name of policies. */
export function runKey({ project, region, service }: RunPlace): string {
  return `projects/${project}/locations/${region}/services/${service}`;
}

/** The service of a place (project by id or number). Throws Google's 404. */
export function requireRunService(cloud: Cloud, place: RunPlace): RunServiceRecord {
  const project = requireProject(cloud, place.project).projectId;
  const record = cloud.runServices.get(runKey({ ...place, project }));
  if (record) return record;
  throw new GoogleError(
    404,
    'NOT_FOUND',
    `Resource '${place.service}' of kind 'SERVICE' in region '${place.region}' in project '${project}' does not exist.`,
    'notFound',
  );
}

export interface RunListing {
  readonly records: readonly RunServiceRecord[];
  /** Regions that could not be reached, sorted. */
  readonly unreachable: readonly string[];
}

/** The services of a project in one region or, with `-`, in all that can be reached, sorted by region and name. */
export function listRunServices(cloud: Cloud, projectIdOrNumber: string, region: string): RunListing {
  const project = requireProject(cloud, projectIdOrNumber).projectId;
  const out = cloud.unreachableRegions ?? new Set();
  if (out.has(region))
    throw new GoogleError(503, 'UNAVAILABLE', `Region ${region} is currently unavailable.`, 'backendError');
  const found = [...cloud.runServices]
    .map(([key, record]) => ({ key, record, place: parseRunKey(key) }))
    .filter(({ place }) => place?.project === project && (region === '-' || place.region === region))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    records: found.filter(({ place }) => !out.has(place?.region ?? '')).map(({ record }) => record),
    unreachable: region === '-' ? [...out].sort() : [],
  };
}

/** The parts of `projects/P/locations/R/services/S`; undefined for other text. */
export function parseRunKey(key: string): RunPlace | undefined {
  const [, project, region, service] = /^projects\/([^/]+)\/locations\/([^/]+)\/services\/([^/]+)$/.exec(key) ?? [];
  return project && region && service ? { project, region, service } : undefined;
}
