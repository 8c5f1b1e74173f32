import { type JsonObject, objectIn } from '../parse-object.ts';
import type { ComputeCollection } from './collection.ts';
import { invalid, linkOf } from './place.ts';

const targets = ['cloudRun', 'cloudFunction', 'appEngine'] as const;
const serviceFields = { cloudRun: 'service', cloudFunction: 'function', appEngine: 'service' } as const;

/** Regional network endpoint groups. A serverless one has exactly one target, which is a service or a URL mask and never both. */
export const networkEndpointGroups: ComputeCollection = {
  plural: 'networkEndpointGroups',
  singular: 'networkEndpointGroup',
  kind: 'compute#networkEndpointGroup',
  aggregatedKind: 'compute#networkEndpointGroupAggregatedList',
  aggregatedBy: 'networkEndpointGroups',
  scopes: [{ scope: 'region', resource: 'regionNetworkEndpointGroups', writes: ['insert', 'delete'] }],
  monitoredType: 'gce_network_endpoint_group',
  hasFingerprint: false,
  complete(given, { place }) {
    const type = given['networkEndpointType'];
    const named = targets.filter((target) => given[target] !== undefined);
    if (type !== 'SERVERLESS') {
      if (named.length > 0) throw invalid('resource.networkEndpointType', type, 'Must be SERVERLESS.');
      return { size: 0, ...withNetwork(given, place.project.projectId) };
    }
    const [target, ...others] = named;
    if (target === undefined || others.length > 0)
      throw invalid(
        'resource.networkEndpointType',
        type,
        'Exactly one of cloudRun, cloudFunction and appEngine must be set for a serverless network endpoint group.',
      );
    checkTarget(target, objectIn(given[target]) ?? {});
    return { size: 0, ...given };
  },
};

function checkTarget(target: (typeof targets)[number], fields: JsonObject): void {
  const service = fields[serviceFields[target]];
  const mask = fields['urlMask'];
  if (service && mask)
    throw invalid(`resource.${target}.urlMask`, mask, `It must not be set together with ${serviceFields[target]}.`);
  if (!service && !mask && target !== 'appEngine')
    throw invalid(`resource.${target}`, fields, `Either ${serviceFields[target]} or urlMask must be set.`);
}

function withNetwork(given: JsonObject, projectId: string): JsonObject {
  return { network: linkOf(`projects/${projectId}/global/networks/default`), ...given };
}
