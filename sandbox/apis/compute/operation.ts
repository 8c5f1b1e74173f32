import { randomBytes } from 'node:crypto';
import type { ApiMethod, Caller } from '../../api.ts';
import type { Cloud, ComputeRecord } from '../../cloud.ts';
import { keyOf, linkOf, notFound, type Place, placeOf, timestampOf } from './place.ts';

/** A finished operation on `target`: stored, so that a client that polls finds it, and returned as Compute returns it. */
export function recordOperation(change: {
  readonly operationType: string;
  readonly target: ComputeRecord;
  readonly place: Place;
  readonly caller: Caller;
  readonly cloud: Cloud;
}): ComputeRecord {
  const { place, target, cloud } = change;
  const at = timestampOf(cloud.now());
  const name = `operation-${cloud.now().getTime()}-${hex(7)}-${hex(4)}-${hex(4)}`;
  const key = keyOf(place, 'operations', name);
  const region = place.region && linkOf(`projects/${place.project.projectId}/regions/${place.region}`);
  const operation: ComputeRecord = {
    kind: 'compute#operation',
    id: newNumericId(),
    name,
    operationType: change.operationType,
    targetLink: target.selfLink,
    targetId: target.id,
    status: 'DONE',
    user: change.caller.email,
    progress: 100,
    insertTime: at,
    startTime: at,
    endTime: at,
    selfLink: linkOf(key),
    ...(region ? { region } : {}),
  };
  cloud.compute.set(key, operation);
  return operation;
}

/** A random id of 19 digits, as Compute gives to resources. */
export function newNumericId(): string {
  return String(10n ** 18n + (BigInt(`0x${hex(8)}`) % (8n * 10n ** 18n)));
}

/** get and wait: everything is done at once here, so both answer the stored operation. */
export const operationMethods: readonly ApiMethod[] = (['global', 'region'] as const).flatMap((scope) => {
  const path = `/compute/v1/projects/{project}/${scope === 'global' ? 'global' : 'regions/{region}'}/operations/{operation}`;
  const handle: ApiMethod['handle'] = ({ params }, cloud) => {
    const key = keyOf(placeOf(params, cloud), 'operations', params['operation'] ?? '');
    const operation = cloud.compute.get(key);
    if (!operation) throw notFound(key);
    return { status: 200, body: operation };
  };
  const shared = { document: 'compute.v1', handle } as const;
  return [
    { ...shared, id: `compute.${scope}Operations.get`, verb: 'GET', path },
    { ...shared, id: `compute.${scope}Operations.wait`, verb: 'POST', path: `${path}/wait` },
  ] satisfies ApiMethod[];
});

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
