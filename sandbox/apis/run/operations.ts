import { randomUUID } from 'node:crypto';
import { type ApiCall, type ApiMethod, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { JsonObject } from '../parse-object.ts';
import type { RunPlace } from './run-store.ts';

const finished = new WeakMap<Cloud, Map<string, JsonObject>>();

/** A long-running operation that is done already, kept so that a client that polls finds it. */
export function recordRunOperation(
  cloud: Cloud,
  { project, region }: RunPlace,
  service: JsonObject,
): JsonObject & { readonly name: string } {
  const typed = { '@type': 'type.googleapis.com/google.cloud.run.v2.Service', ...service };
  const operation = {
    name: `projects/${project}/locations/${region}/operations/${randomUUID()}`,
    metadata: typed,
    done: true,
    response: typed,
  };
  const known = finished.get(cloud) ?? new Map<string, JsonObject>();
  finished.set(cloud, known.set(operation.name, operation));
  return operation;
}

const path = '/v2/projects/{project}/locations/{region}/operations/{operation}';

/** get and wait: everything is done at once here, so both answer the finished operation. */
export const runOperationMethods: readonly ApiMethod[] = [
  { id: 'run.projects.locations.operations.get', document: 'run.v2', verb: 'GET', path, handle: answer },
  {
    id: 'run.projects.locations.operations.wait',
    document: 'run.v2',
    verb: 'POST',
    path: `${path}:wait`,
    handle: answer,
  },
];

function answer({ params }: ApiCall, cloud: Cloud) {
  const name = `projects/${params['project']}/locations/${params['region']}/operations/${params['operation']}`;
  const operation = finished.get(cloud)?.get(name);
  if (!operation) throw new GoogleError(404, 'NOT_FOUND', `Requested entity was not found: ${name}`);
  return { status: 200, body: operation };
}
