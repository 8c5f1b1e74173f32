/** Full resource names: built in one place, so that two sources can never spell the same thing in two ways. */

export interface ResourceParts {
  readonly project: string;
  readonly region: string;
  readonly id: string;
}

/** `//run.googleapis.com/projects/P/locations/R/services/S` */
export function buildServiceName({ project, region, id }: ResourceParts): string {
  return `//run.googleapis.com/projects/${project}/locations/${region}/services/${id}`;
}

/** `//compute.googleapis.com/projects/P/global/backendServices/B`, or `…/regions/R/…` for a regional one. */
export function buildBackendName({ project, region, id }: ResourceParts): string {
  return `//compute.googleapis.com/projects/${project}/${buildScope(region)}/backendServices/${id}`;
}

/** `//compute.googleapis.com/projects/P/regions/R/networkEndpointGroups/N` */
export function buildNegName({ project, region, id }: ResourceParts): string {
  return `//compute.googleapis.com/projects/${project}/${buildScope(region)}/networkEndpointGroups/${id}`;
}

/** `//cloudresourcemanager.googleapis.com/projects/P` */
export function buildProjectName(project: string): string {
  return `//cloudresourcemanager.googleapis.com/projects/${project}`;
}

function buildScope(region: string): string {
  return region === 'global' ? 'global' : `regions/${region}`;
}

const runService = /^\/\/run\.googleapis\.com\/projects\/([^/]+)\/locations\/([^/]+)\/services\/([^/]+)$/;
const compute =
  /^\/\/compute\.googleapis\.com\/projects\/([^/]+)\/(?:global|regions\/([^/]+)|zones\/([^/]+))\/([A-Za-z]+)\/([^/]+)$/;

/** The parts of a Cloud Run service's full resource name; undefined for any other text. */
export function parseServiceName(name: string): ResourceParts | undefined {
  const [, project, region, id] = runService.exec(name) ?? [];
  return project && region && id ? { project, region, id } : undefined;
}

export interface ComputeParts extends ResourceParts {
  /** `backendServices`, `networkEndpointGroups`, … */
  readonly collection: string;
}

/** The parts of a Compute full resource name; `region` is `global`, a region or a zone. */
export function parseComputeName(name: string): ComputeParts | undefined {
  const [, project, region, zone, collection, id] = compute.exec(name) ?? [];
  return project && collection && id ? { project, region: region ?? zone ?? 'global', collection, id } : undefined;
}

/**
 * A Compute link in any spelling (`https://www.googleapis.com/compute/v1/projects/…`, `https://compute.googleapis.com/compute/beta/…`,
 * `//compute.googleapis.com/projects/…`, `projects/…`) as a full resource name; undefined when it is none.
 */
export function parseComputeLink(link: string): string | undefined {
  const at = link.indexOf('projects/');
  if (at === -1) return undefined;
  const before = link.slice(0, at);
  if (
    !/^(|https?:\/\/[a-z0-9.-]*googleapis\.com\/(compute\/)?[a-z0-9]+\/|\/\/compute\.googleapis\.com\/)$/.test(before)
  )
    return undefined;
  const name = `//compute.googleapis.com/${link.slice(at)}`;
  return parseComputeName(name) ? name : undefined;
}

/** The region of a full resource name as findings give it: `global` for global things and projects. */
export function regionOf(resource: string): string {
  return parseServiceName(resource)?.region ?? parseComputeName(resource)?.region ?? 'global';
}

/** The project in a full resource name; empty for names that have none. */
export function projectOf(resource: string): string {
  return /\/projects\/([^/]+)/.exec(resource)?.[1] ?? '';
}
