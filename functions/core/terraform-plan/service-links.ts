import { buildServiceName, parseServiceName } from '../estate/resource-name.ts';
import { nameOf, projectOf, regionOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';

/** Types that are, or come with, a Cloud Run service. */
export const serviceTypes: ReadonlySet<string> = new Set([
  'google_cloud_run_v2_service',
  'google_cloud_run_service',
  'google_cloudfunctions2_function',
]);

/** The full resource names of a service: one for each region where it has several, else its own. */
export function serviceNamesOf(
  view: PlanView,
  resource: PlannedResource,
  regions: readonly string[],
): readonly string[] {
  const own = serviceNameOf(view, resource);
  const parts = parseServiceName(own);
  return parts && regions.length > 0 ? regions.map((region) => buildServiceName({ ...parts, region })) : [own];
}

/** The full resource name of the Cloud Run service that a resource is; a 2nd-gen function is the service of its name (DESIGN 4). */
export function serviceNameOf(view: PlanView, resource: PlannedResource): string {
  const name = nameOf(view, resource);
  const id = resource.type === 'google_cloudfunctions2_function' ? name.toLowerCase().replaceAll('_', '-') : name;
  return buildServiceName({ project: projectOf(view, resource), region: regionOf(view, resource), id });
}
