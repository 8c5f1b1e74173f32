import type { Caller } from '../api.ts';
import { computeMethods } from '../apis/compute.ts';
import type { Cloud, ComputeRecord } from '../cloud.ts';

export interface ComputeInsert {
  readonly project: string;
  /** `backendServices`, `networkEndpointGroups`, … */
  readonly collection: string;
  readonly body: Record<string, unknown>;
  /** Absent: global. */
  readonly region: string | undefined;
  readonly caller: Caller;
}

/** Puts a Compute resource into a cloud by the API's own code, so that it looks like every other; nobody hears of it and no operation is kept. */
export function insertCompute(
  cloud: Cloud,
  { project, collection, body, region, caller }: ComputeInsert,
): ComputeRecord {
  const scope = region === undefined ? 'global' : 'regions/{region}';
  const method = computeMethods.find(({ verb, path }) => verb === 'POST' && path.endsWith(`/${scope}/${collection}`));
  if (!method) throw new Error(`the sandbox has no way to insert ${collection} in ${scope}`);
  const before = new Set(cloud.compute.keys());
  const silent: Cloud = { ...cloud, audit: () => undefined };
  const params = { project, ...(region === undefined ? {} : { region }) };
  method.handle({ params, query: new URLSearchParams(), body, caller, userAgent: '' }, silent);
  for (const key of cloud.compute.keys())
    if (!before.has(key) && key.includes('/operations/')) cloud.compute.delete(key);
  const place = region === undefined ? 'global' : `regions/${region}`;
  const record = cloud.compute.get(`projects/${project}/${place}/${collection}/${body['name']}`);
  if (!record) throw new Error(`the sandbox did not keep ${collection}/${body['name']}`);
  return record;
}
