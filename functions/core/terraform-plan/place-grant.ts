import { buildBackendName, buildProjectName, buildServiceName, parseServiceName } from '../estate/resource-name.ts';
import { linkedResources } from './linked-resources.ts';
import { canonicalProject, nameOf, parseServicePath, projectOf, regionOf, textOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import { serviceNameOf, serviceTypes } from './service-links.ts';

export interface GrantPlace {
  readonly level: string | undefined;
  readonly isIap: boolean;
  readonly authority: 'member' | 'binding' | 'policy';
}

/** What an IAM resource is about; undefined for other resources, and for IAM of things that no door hangs on. */
export function placeGrant(view: PlanView, resource: PlannedResource): GrantPlace | undefined {
  const [, thing = '', authority] = /^google_(.+)_iam_(member|binding|policy)$/.exec(resource.type) ?? [];
  const place = places.get(thing);
  if (!place || (authority !== 'member' && authority !== 'binding' && authority !== 'policy')) return undefined;
  return { level: place(view, resource), isIap: thing.startsWith('iap_'), authority };
}

type Place = (view: PlanView, resource: PlannedResource) => string | undefined;

const places: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['cloud_run_v2_service', placeService('name')],
  ['cloud_run_service', placeService('service')],
  ['project', (view, resource) => buildProjectName(projectOf(view, resource))],
  ['folder', placeAbove('folder', 'folders')],
  ['organization', placeAbove('org_id', 'organizations')],
  ['iap_web', (view, resource) => iapWeb(projectOf(view, resource))],
  ['iap_web_type_compute', (view, resource) => `${iapWeb(projectOf(view, resource))}/compute`],
  ['iap_web_backend_service', placeBackend('web_backend_service')],
  ['iap_web_region_backend_service', placeBackend('web_region_backend_service')],
  ['iap_web_cloud_run_service', placeGuardedService],
]);

/** Levels of IAP are named as `iapLevelsOf` names them. */
function iapWeb(project: string): string {
  return `//iap.googleapis.com/projects/${project}/iap_web`;
}

function placeGuardedService(view: PlanView, resource: PlannedResource): string | undefined {
  const service = parseServiceName(placeService('cloud_run_service_name')(view, resource) ?? '');
  return service && `${iapWeb(service.project)}/cloud_run-${service.region}/services/${service.id}`;
}

/** The service that the argument refers to, if what else is written agrees; else what the arguments say. */
function placeService(argument: string): Place {
  return (view, resource) => {
    const text = textOf(view, resource, [argument]);
    const path = text === undefined ? undefined : parseServicePath(text);
    const location = textOf(view, resource, ['location']) ?? path?.region;
    const id = path?.id ?? text;
    const { resources } = linkedResources(view, resource, [argument], ({ type }) => serviceTypes.has(type));
    const agreeing = resources.filter(
      (service) =>
        (id === undefined || serviceNameOf(view, service).endsWith(`/services/${id}`)) &&
        (location === undefined || regionOf(view, service) === location),
    );
    const [service] = agreeing;
    if (service && agreeing.length === 1) return serviceNameOf(view, service);
    if (path) return buildServiceName({ ...path, project: canonicalProject(view, path.project) });
    if (text === undefined) return undefined;
    return buildServiceName({ project: projectOf(view, resource), region: regionOf(view, resource), id: text });
  };
}

function placeBackend(argument: string): Place {
  return (view, resource) => {
    const isBackend = ({ type }: PlannedResource) =>
      type === 'google_compute_backend_service' || type === 'google_compute_region_backend_service';
    const { resources } = linkedResources(view, resource, [argument], isBackend);
    const text = textOf(view, resource, [argument])?.split('/').at(-1);
    const agreeing = resources.filter((backend) => text === undefined || nameOf(view, backend) === text);
    const [backend] = agreeing;
    const isGlobal = argument === 'web_backend_service';
    if (backend && agreeing.length === 1) {
      return iapBackend(projectOf(view, backend), isGlobal ? 'global' : regionOf(view, backend), nameOf(view, backend));
    }
    if (text === undefined) return undefined;
    return iapBackend(projectOf(view, resource), isGlobal ? 'global' : regionOf(view, resource), text);
  };
}

function iapBackend(project: string, region: string, id: string): string {
  return `${iapWeb(project)}/${region === 'global' ? 'compute' : `compute-${region}`}/services/${id}`;
}

/** The full resource name of a planned backend service. */
export function backendNameOf(view: PlanView, resource: PlannedResource): string {
  const region = resource.type === 'google_compute_region_backend_service' ? regionOf(view, resource) : 'global';
  return buildBackendName({ project: projectOf(view, resource), region, id: nameOf(view, resource) });
}

function placeAbove(argument: string, collection: string): Place {
  return (view, resource) => {
    const id = textOf(view, resource, [argument]);
    return id === undefined ? undefined : aboveName(collection, id);
  };
}

/** `//cloudresourcemanager.googleapis.com/folders/N` */
export function aboveName(collection: string, id: string): string {
  return `//cloudresourcemanager.googleapis.com/${collection}/${id.split('/').at(-1) ?? id}`;
}
