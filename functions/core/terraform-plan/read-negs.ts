import { parseList, parseRecord } from '../estate/normalize/fields.ts';
import { normalizeNeg } from '../estate/normalize/neg.ts';
import { buildNegName, parseServiceName } from '../estate/resource-name.ts';
import type { Neg } from '../inventory.ts';
import { linkedResources } from './linked-resources.ts';
import { nameOf, projectOf, regionOf, textOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import { readValue, valueAt } from './resolve-expression.ts';
import { serviceNameOf, serviceTypes } from './service-links.ts';

export interface PlannedNeg {
  readonly resource: PlannedResource;
  readonly neg: Neg;
  /** What is not known of its target, in words. */
  readonly open: readonly string[];
}

/** The regional NEGs that exist after apply; only regional ones can be serverless. */
export function readNegs(view: PlanView): readonly PlannedNeg[] {
  return [...view.plan.resources.values()].flatMap((resource) => {
    if (resource.mode !== 'managed' || resource.type !== 'google_compute_region_network_endpoint_group') return [];
    const open: string[] = [];
    const name = buildNegName({
      project: projectOf(view, resource),
      region: regionOf(view, resource),
      id: nameOf(view, resource),
    });
    const read = (block: string, argument: string): string | undefined => {
      const value = readValue(view, resource, [block, 0, argument]);
      if (value.kind !== 'unknown') return textOf(view, resource, [block, 0, argument]);
      const text = textOf(view, resource, [block, 0, argument]) ?? linkedService(view, resource, block, argument);
      if (text === undefined) open.push(`${block}.${argument}`);
      return text;
    };
    const has = (block: string) => parseList(valueAt(resource, [block])).length > 0;
    for (const block of ['cloud_run', 'cloud_function', 'app_engine']) {
      if (parseRecord(resource.unknown)?.[block] === true) open.push(block);
    }
    const neg = normalizeNeg(
      {
        networkEndpointType: textOf(view, resource, ['network_endpoint_type']) ?? 'SERVERLESS',
        ...(has('cloud_run')
          ? {
              cloudRun: {
                service: read('cloud_run', 'service'),
                tag: textOf(view, resource, ['cloud_run', 0, 'tag']),
                urlMask: read('cloud_run', 'url_mask'),
              },
            }
          : {}),
        ...(has('cloud_function')
          ? {
              cloudFunction: {
                function: read('cloud_function', 'function'),
                urlMask: read('cloud_function', 'url_mask'),
              },
            }
          : {}),
        ...(has('app_engine') ? { appEngine: {} } : {}),
      },
      { canonicalProject: (project) => project, name },
    );
    return neg ? [{ resource, neg, open }] : [];
  });
}

/** The name of the one service that an argument refers to. */
function linkedService(view: PlanView, resource: PlannedResource, block: string, argument: string): string | undefined {
  const { resources } = linkedResources(view, resource, [block, 0, argument], ({ type }) => serviceTypes.has(type));
  const sameRegion = resources.filter((service) => regionOf(view, service) === regionOf(view, resource));
  const [service] = sameRegion;
  return service && sameRegion.length === 1 ? parseServiceName(serviceNameOf(view, service))?.id : undefined;
}
