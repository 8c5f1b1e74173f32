import { parseRecord, parseTextMap, parseTexts } from '../estate/normalize/fields.ts';
import { normalizeRunService } from '../estate/normalize/run-service.ts';
import type { RunService } from '../inventory.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import { readValue, type ValuePath, valueAt } from './resolve-expression.ts';
import { serviceNamesOf, serviceTypes } from './service-links.ts';

export interface PlannedService {
  readonly resource: PlannedResource;
  readonly service: RunService;
  /** Arguments that decide about a door and are not known before apply. */
  readonly open: readonly string[];
}

/** The Cloud Run services that exist after apply, 2nd-gen functions included. */
export function readServices(view: PlanView): readonly PlannedService[] {
  return [...view.plan.resources.values()]
    .filter(({ type, mode }) => mode === 'managed' && serviceTypes.has(type))
    .flatMap((resource) => {
      const open: string[] = [];
      const read = (path: ValuePath): unknown => {
        const value = readValue(view, resource, path);
        if (value.kind === 'unknown') open.push(path.join('.'));
        return value.kind === 'known' ? value.value : undefined;
      };
      const raw = shapes[resource.type]?.(read, resource) ?? {};
      const regions = readRegions(view, resource, open);
      return serviceNamesOf(view, resource, regions).flatMap((name) => {
        const service = normalizeRunService(raw, { canonicalProject: (project) => project, name });
        return service ? [{ resource, service: withKnownIngress(service, open), open }] : [];
      });
    });
}

/** An ingress that nobody knows is said; it is not taken for the open one. */
function withKnownIngress(service: RunService, open: readonly string[]): RunService {
  const isOpen = open.some((path) => path.includes('ingress'));
  return isOpen ? { ...service, ingress: 'internal-and-cloud-load-balancing' } : service;
}

/** A multi-region service is one service in each region, with a policy of its own (FACTS 17). */
function readRegions(view: PlanView, resource: PlannedResource, open: string[]): readonly string[] {
  const path = ['multi_region_settings', 0, 'regions'];
  const block = parseRecord(resource.unknown)?.['multi_region_settings'];
  if (block === true || readValue(view, resource, path).kind === 'unknown') open.push(path.join('.'));
  return parseTexts(valueAt(resource, path));
}

type Read = (path: ValuePath) => unknown;

/** Terraform's words in those of the API. What is not written is left to the API: ingress `all`. */
const shapes: Readonly<Record<string, (read: Read, resource: PlannedResource) => unknown>> = {
  google_cloud_run_v2_service: (read, resource) => ({
    ingress: read(['ingress']),
    iapEnabled: read(['iap_enabled']),
    invokerIamDisabled: read(['invoker_iam_disabled']),
    defaultUriDisabled: read(['default_uri_disabled']),
    customAudiences: parseTexts(valueAt(resource, ['custom_audiences'])),
    urls: parseTexts(valueAt(resource, ['urls'])),
    labels: labelsOf(resource, ['labels']),
  }),
  google_cloud_run_service: (read, resource) => {
    const annotations = [
      'ingress',
      'iap-enabled',
      'invoker-iam-disabled',
      'default-url-disabled',
      'custom-audiences',
    ].map((word) => [`run.googleapis.com/${word}`, read(['metadata', 0, 'annotations', `run.googleapis.com/${word}`])]);
    return {
      metadata: {
        annotations: Object.fromEntries(annotations.filter(([, value]) => value !== undefined)),
        labels: labelsOf(resource, ['metadata', 0, 'labels']),
      },
    };
  },
  google_cloudfunctions2_function: (read, resource) => ({
    ingress: functionIngress.get(read(['service_config', 0, 'ingress_settings'])),
    labels: labelsOf(resource, ['labels']),
  }),
};

function labelsOf(resource: PlannedResource, path: ValuePath): Readonly<Record<string, string>> {
  return {
    ...parseTextMap(valueAt(resource, path)),
    ...parseTextMap(resource.values['terraform_labels']),
    ...parseTextMap(resource.values['effective_labels']),
  };
}

const functionIngress: ReadonlyMap<unknown, string> = new Map([
  ['ALLOW_ALL', 'INGRESS_TRAFFIC_ALL'],
  ['ALLOW_INTERNAL_ONLY', 'INGRESS_TRAFFIC_INTERNAL_ONLY'],
  ['ALLOW_INTERNAL_AND_GCLB', 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER'],
]);
