import { type ApiCall, GoogleError } from '../api.ts';
import type { Cloud, ProjectRecord } from '../cloud.ts';
import { requireProject } from './find-project.ts';

/** A resource of IAP below a project: the whole, a kind of target, or one target. */
export interface IapResource {
  /** By project number and, for a backend, numeric id: `projects/111/iap_web/compute/services/42`. */
  readonly key: string;
  readonly project: ProjectRecord;
  /** Middle part of the permissions: `iap.<level>.getIamPolicy`. */
  readonly level: 'web' | 'webTypes' | 'webServices';
}

/**
 * The resource that a path with `{project}`, `{web}` and `{service}` names. A backend may be named by its name, as gcloud
 * does, or its numeric id; 404 when there is no such target, 400 for a kind that IAP does not know.
 */
export function resolveIapResource({ params }: ApiCall, cloud: Cloud): IapResource {
  const project = requireProject(cloud, params['project'] ?? '');
  const root = `projects/${project.projectNumber}/iap_web`;
  const { web, service } = params;
  if (web === undefined) return { key: root, project, level: 'web' };
  const [, kind, region] = /^(compute|cloud_run|forwarding_rule)(?:-(.+))?$/.exec(web) ?? [];
  if (kind === undefined || (kind === 'cloud_run' && region === undefined))
    throw new GoogleError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.');
  if (service === undefined) return { key: `${root}/${web}`, project, level: 'webTypes' };
  const name =
    kind === 'cloud_run'
      ? runService(cloud, project, region, service)
      : computeId(cloud, project, kind, region, service);
  return { key: `${root}/${web}/services/${name}`, project, level: 'webServices' };
}

function runService(cloud: Cloud, { projectId }: ProjectRecord, region: string | undefined, service: string): string {
  if (!cloud.runServices.has(`projects/${projectId}/locations/${region}/services/${service}`)) throw notFound();
  return service;
}

function computeId(
  cloud: Cloud,
  { projectId }: ProjectRecord,
  kind: string,
  region: string | undefined,
  service: string,
): string {
  const scope = region === undefined ? 'global' : `regions/${region}`;
  const parent = `projects/${projectId}/${scope}/${kind === 'compute' ? 'backendServices' : 'forwardingRules'}/`;
  const byName = cloud.compute.get(`${parent}${service}`);
  if (byName) return byName.id;
  for (const [key, { id }] of cloud.compute) if (id === service && key.startsWith(parent)) return id;
  throw notFound();
}

function notFound(): GoogleError {
  return new GoogleError(404, 'NOT_FOUND', 'Requested entity was not found.');
}
