import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud, RunServiceRecord } from '../cloud.ts';
import { findProject, requireProject } from './find-project.ts';
import { takePage } from './paging.ts';
import { type JsonObject, objectIn, parseObject } from './parse-object.ts';
import { applyFieldMask } from './run/field-mask.ts';
import { recordRunOperation, runOperationMethods } from './run/operations.ts';
import { auditRun, type RunChange } from './run/run-audit.ts';
import { deployRunService } from './run/run-deploy.ts';
import { buildRunIamMethods, placeOf } from './run/run-iam.ts';
import { listRunServices, type RunPlace, requireRunService, runKey } from './run/run-store.ts';
import { systemAnnotation, toV1Body, toV2Service } from './run/v2-shape.ts';

const document = 'run.v2';
const path = '/v2/projects/{project}/locations/{region}/services';
const prefix = 'run.projects.locations.services';

/** Cloud Run v2: what Terraform and Google's client libraries speak. Writes answer an operation that is done. */
export const runV2Methods: readonly ApiMethod[] = [
  {
    id: `${prefix}.list`,
    document,
    verb: 'GET',
    path,
    permission: { name: 'run.services.list', on: onProject },
    handle: list,
  },
  {
    id: `${prefix}.get`,
    document,
    verb: 'GET',
    path: `${path}/{service}`,
    permission: { name: 'run.services.get', on: onService },
    handle: get,
  },
  {
    id: `${prefix}.create`,
    document,
    verb: 'POST',
    path,
    permission: { name: 'run.services.create', on: onProject },
    handle: create,
    onRefused: refused('CreateService'),
  },
  {
    id: `${prefix}.patch`,
    document,
    verb: 'PATCH',
    path: `${path}/{service}`,
    permission: { name: 'run.services.update', on: onService },
    handle: patch,
    onRefused: refused('UpdateService'),
  },
  {
    id: `${prefix}.delete`,
    document,
    verb: 'DELETE',
    path: `${path}/{service}`,
    permission: { name: 'run.services.delete', on: onService },
    handle: remove,
    onRefused: refused('DeleteService'),
  },
  ...runOperationMethods,
  ...buildRunIamMethods('v2'),
];

function list(call: ApiCall, cloud: Cloud) {
  const project = requireProject(cloud, call.params['project'] ?? '').projectId;
  const { records, unreachable } = listRunServices(cloud, project, call.params['region'] ?? '-');
  const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
  const { items, nextPageToken } = takePage(records, asked, { defaultSize: 100, maxSize: 1000 });
  const services = items.map((record) => toV2Service(record, placeOfRecord(project, record)));
  return {
    status: 200,
    body: {
      ...(services.length > 0 ? { services } : {}),
      ...(nextPageToken ? { nextPageToken } : {}),
      ...(unreachable.length > 0 ? { unreachable } : {}),
    },
  };
}

function get(call: ApiCall, cloud: Cloud) {
  const place = canonicalPlace(call, cloud);
  return { status: 200, body: toV2Service(requireRunService(cloud, place), place) };
}

function create(call: ApiCall, cloud: Cloud) {
  const place = canonicalPlace(call, cloud);
  const sent = parseService(call);
  if (!/^[a-z][a-z0-9-]{0,48}$/.test(place.service))
    throw new GoogleError(
      400,
      'INVALID_ARGUMENT',
      `Violation in CreateServiceRequest.service_id: invalid service name '${place.service}'.`,
    );
  if (cloud.runServices.has(runKey(place)))
    throw new GoogleError(409, 'ALREADY_EXISTS', `Resource '${place.service}' already exists.`, 'alreadyExists');
  const request = {
    '@type': 'type.googleapis.com/google.cloud.run.v2.CreateServiceRequest',
    parent: `projects/${place.project}/locations/${place.region}`,
    serviceId: place.service,
    service: sent,
  };
  cloud.policies.delete(runKey(place));
  return store({ call, cloud, place, verb: 'CreateService', request, service: sent });
}

function patch(call: ApiCall, cloud: Cloud) {
  const place = canonicalPlace(call, cloud);
  if (call.query.get('allowMissing') === 'true' && !cloud.runServices.has(runKey(place))) return create(call, cloud);
  const present = toV2Service(requireRunService(cloud, place), place);
  const sent = parseService(call);
  checkEtag(sent['etag'], present['etag'], place);
  const mask = call.query.get('updateMask');
  const request = {
    '@type': 'type.googleapis.com/google.cloud.run.v2.UpdateServiceRequest',
    ...(mask ? { updateMask: mask } : {}),
    service: { ...sent, name: runKey(place) },
  };
  return store({ call, cloud, place, verb: 'UpdateService', request, service: applyFieldMask(present, sent, mask) });
}

function remove(call: ApiCall, cloud: Cloud) {
  const place = canonicalPlace(call, cloud);
  const service = toV2Service(requireRunService(cloud, place), place);
  checkEtag(call.query.get('etag'), service['etag'], place);
  if (call.query.get('validateOnly') !== 'true') {
    cloud.runServices.delete(runKey(place));
    cloud.policies.delete(runKey(place));
  }
  const request = { '@type': 'type.googleapis.com/google.cloud.run.v2.DeleteServiceRequest', name: runKey(place) };
  return finish({ call, cloud, place, verb: 'DeleteService', request, service });
}

interface Change {
  readonly call: ApiCall;
  readonly cloud: Cloud;
  readonly place: RunPlace;
  readonly verb: RunChange['verb'];
  readonly request: JsonObject;
  readonly service: JsonObject;
}

function store(change: Change) {
  const { call, cloud, place, service } = change;
  const sent = toV1Body(service, place, cloud.runServices.get(runKey(place)));
  if (call.query.get('validateOnly') === 'true') return finish(change);
  const record = deployRunService(cloud, { place, sent, caller: call.caller });
  return finish({ ...change, service: toV2Service(record, place) });
}

function finish({ call, cloud, place, verb, request, service }: Change) {
  const operation = recordRunOperation(cloud, place, service);
  const response = { '@type': 'type.googleapis.com/google.cloud.run.v2.Service', ...service };
  if (call.query.get('validateOnly') !== 'true')
    auditRun(cloud, { version: 'v2', verb, place, call, request, response, operationId: operation.name });
  return { status: 200, body: operation };
}

function refused(verb: RunChange['verb']) {
  return (call: ApiCall, cloud: Cloud, error: GoogleError) =>
    auditRun(cloud, { version: 'v2', verb, place: canonicalPlace(call, cloud), call, error });
}

function parseService(call: ApiCall): JsonObject {
  const service = parseObject(call.body);
  const bad = Object.keys(objectIn(service['annotations']) ?? {}).find((key) => systemAnnotation.test(key));
  if (bad === undefined) return service;
  throw new GoogleError(
    400,
    'INVALID_ARGUMENT',
    `Violation in UpdateServiceRequest.service.annotations: annotation key '${bad}' uses a reserved namespace.`,
  );
}

function checkEtag(sent: unknown, present: unknown, place: RunPlace): void {
  if (typeof sent !== 'string' || sent === '' || sent === present) return;
  throw new GoogleError(
    409,
    'ABORTED',
    `Conflict for resource '${place.service}': version '${sent}' was specified but current version is '${present}'.`,
    'aborted',
  );
}

function canonicalPlace(call: ApiCall, cloud: Cloud): RunPlace {
  const place = placeOf(call);
  const service = place.service || (call.query.get('serviceId') ?? '');
  return { ...place, service, project: findProject(cloud, place.project)?.projectId ?? place.project };
}

function placeOfRecord(project: string, { metadata }: RunServiceRecord): RunPlace {
  return { project, region: metadata.labels['cloud.googleapis.com/location'] ?? '', service: metadata.name };
}

function onProject({ params }: ApiCall): string {
  return `projects/${params['project'] ?? ''}`;
}

function onService(call: ApiCall): string {
  return runKey(placeOf(call));
}
