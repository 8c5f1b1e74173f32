import { GoogleError } from '../../api.ts';
import type { Cloud, ProjectRecord } from '../../cloud.ts';
import { findProject } from '../find-project.ts';

/** Where a Compute resource lives: `global`, or `regions/R`. */
export interface Place {
  readonly project: ProjectRecord;
  readonly region: string | undefined;
}

/** The place named by a route's parameters; 404 for a project that is not there, as Compute says it. */
export function placeOf(params: Readonly<Record<string, string>>, cloud: Cloud): Place {
  const asked = params['project'] ?? '';
  const project = findProject(cloud, asked);
  if (!project) throw notFound(`projects/${asked}`);
  return { project, region: params['region'] };
}

/** `global` or `regions/R`. */
function scopeOf(place: Place): string {
  return place.region === undefined ? 'global' : `regions/${place.region}`;
}

/** Key in `Cloud.compute`. */
export function keyOf(place: Place, collection: string, name: string): string {
  return `projects/${place.project.projectId}/${scopeOf(place)}/${collection}/${name}`;
}

/** The one spelling that Compute stores and returns, whatever host or version the client used. */
export function linkOf(key: string): string {
  return `https://www.googleapis.com/compute/v1/${key}`;
}

export function notFound(key: string): GoogleError {
  return new GoogleError(404, 'NOT_FOUND', `The resource '${key}' was not found`, 'notFound');
}

export function invalid(field: string, value: unknown, why: string): GoogleError {
  const shown = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return new GoogleError(400, 'INVALID_ARGUMENT', `Invalid value for field '${field}': '${shown}'. ${why}`, 'invalid');
}

/** Compute's clock is Pacific standard time: `2026-11-23T02:00:00.000-08:00`. */
export function timestampOf(date: Date): string {
  return new Date(date.getTime() - 8 * 3_600_000).toISOString().replace('Z', '-08:00');
}
