import { type ApiCall, type ApiMethod, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { findProject } from './find-project.ts';
import { takePage } from './paging.ts';
import { objectIn, parseObject } from './parse-object.ts';
import { revisionV1Methods } from './run/revisions-v1.ts';
import { auditRun } from './run/run-audit.ts';
import { deployRunService } from './run/run-deploy.ts';
import { buildRunIamMethods } from './run/run-iam.ts';
import { listRunServices, parseRunKey, type RunPlace, requireRunService, runKey } from './run/run-store.ts';

const projectPath = '/v1/projects/{project}/locations/{region}/services';
const namespacePath = '/apis/serving.knative.dev/v1/namespaces/{project}/services';

/** Cloud Run v1 (knative): what gcloud and the console speak. The same five methods live below `namespaces` (region in the host name) and `projects.locations`. */
export const runV1Methods: readonly ApiMethod[] = [
  ...buildServiceMethods('run.namespaces.services', namespacePath),
  ...buildServiceMethods('run.projects.locations.services', projectPath),
  ...revisionV1Methods,
  ...buildRunIamMethods('v1'),
];

function buildServiceMethods(idPrefix: string, path: string): ApiMethod[] {
  const document = 'run.v1';
  return [
    {
      id: `${idPrefix}.list`,
      document,
      verb: 'GET',
      path,
      permission: { name: 'run.services.list', on: onProject },
      handle: list,
    },
    {
      id: `${idPrefix}.get`,
      document,
      verb: 'GET',
      path: `${path}/{service}`,
      permission: { name: 'run.services.get', on: onService },
      handle: get,
    },
    {
      id: `${idPrefix}.create`,
      document,
      verb: 'POST',
      path,
      permission: { name: 'run.services.create', on: onProject },
      handle: create,
      onRefused: refused('CreateService'),
    },
    {
      id: `${idPrefix}.replaceService`,
      document,
      verb: 'PUT',
      path: `${path}/{service}`,
      permission: { name: 'run.services.update', on: onService },
      handle: replace,
      onRefused: refused('ReplaceService'),
    },
    {
      id: `${idPrefix}.delete`,
      document,
      verb: 'DELETE',
      path: `${path}/{service}`,
      permission: { name: 'run.services.delete', on: onService },
      handle: remove,
      onRefused: refused('DeleteService'),
    },
  ];
}

function list(call: ApiCall, cloud: Cloud) {
  const { records, unreachable } = listRunServices(
    cloud,
    call.params['project'] ?? '',
    call.params['region'] ?? regionOfHost(call) ?? '-',
  );
  const { items, nextPageToken } = takePage(
    records,
    { size: call.query.get('limit'), token: call.query.get('continue') },
    { defaultSize: 500, maxSize: 500 },
  );
  return {
    status: 200,
    body: {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'ServiceList',
      metadata: nextPageToken ? { continue: nextPageToken } : {},
      ...(items.length > 0 ? { items } : {}),
      ...(unreachable.length > 0 ? { unreachable } : {}),
    },
  };
}

function get(call: ApiCall, cloud: Cloud) {
  return { status: 200, body: requireRunService(cloud, placeIn(call, cloud)) };
}

function create(call: ApiCall, cloud: Cloud) {
  const place = placeIn(call, cloud);
  const sent = parseObject(call.body);
  if (cloud.runServices.has(runKey(place)))
    throw new GoogleError(409, 'ALREADY_EXISTS', `Resource '${place.service}' already exists.`, 'alreadyExists');
  if (call.query.get('dryRun') === 'all') return { status: 200, body: sent };
  const record = deployRunService(cloud, { place, sent, caller: call.caller });
  cloud.policies.delete(runKey(place));
  const request = {
    '@type': 'type.googleapis.com/google.cloud.run.v1.CreateServiceRequest',
    parent: `namespaces/${place.project}`,
    service: sent,
  };
  auditRun(cloud, { version: 'v1', verb: 'CreateService', place, call, request, response: typed({ ...record }) });
  return { status: 200, body: record };
}

function replace(call: ApiCall, cloud: Cloud) {
  const place = placeIn(call, cloud);
  requireRunService(cloud, place);
  const sent = parseObject(call.body);
  if (call.query.get('dryRun') === 'all') return { status: 200, body: sent };
  const record = deployRunService(cloud, { place, sent, caller: call.caller });
  const request = {
    '@type': 'type.googleapis.com/google.cloud.run.v1.ReplaceServiceRequest',
    name: runKey(place),
    region: place.region,
    service: sent,
  };
  auditRun(cloud, { version: 'v1', verb: 'ReplaceService', place, call, request, response: typed({ ...record }) });
  return { status: 200, body: record };
}

function remove(call: ApiCall, cloud: Cloud) {
  const place = placeIn(call, cloud);
  const { metadata } = requireRunService(cloud, place);
  cloud.runServices.delete(runKey(place));
  cloud.policies.delete(runKey(place));
  auditRun(cloud, { version: 'v1', verb: 'DeleteService', place, call });
  return {
    status: 200,
    body: {
      status: 'Success',
      details: { group: 'serving.knative.dev', kind: 'Service', name: metadata.name, uid: metadata['uid'] },
    },
  };
}

function refused(verb: 'CreateService' | 'ReplaceService' | 'DeleteService') {
  return (call: ApiCall, cloud: Cloud, error: GoogleError) => {
    const place = placeIn(call, cloud);
    auditRun(cloud, { version: 'v1', verb, place, call, error });
  };
}

function typed(record: Record<string, unknown>) {
  return { '@type': 'type.googleapis.com/google.cloud.run.v1.Service', ...record };
}

/** The project by id; the region from the path, the host name, the body's label or, for a name that is there once only, from the service itself. */
function placeIn(call: ApiCall, cloud: Cloud): RunPlace {
  const metadata = objectIn(objectIn(call.body)?.['metadata']);
  const service = call.params['service'] ?? String(metadata?.['name'] ?? '');
  const asked = call.params['project'] ?? '';
  const project = findProject(cloud, asked)?.projectId ?? asked;
  const label = objectIn(metadata?.['labels'])?.['cloud.googleapis.com/location'];
  const region =
    call.params['region'] ??
    regionOfHost(call) ??
    (typeof label === 'string' ? label : onlyRegionOf(cloud, project, service));
  return { project, region: region ?? 'us-central1', service };
}

function regionOfHost({ host }: ApiCall): string | undefined {
  return /^([a-z]+-[a-z]+\d+)-run\.googleapis\.com/.exec(host ?? '')?.[1];
}

function onlyRegionOf(cloud: Cloud, project: string, service: string): string | undefined {
  const places = [...cloud.runServices.keys()]
    .map(parseRunKey)
    .filter((place) => place?.project === project && place.service === service);
  return places.length === 1 ? places[0]?.region : undefined;
}

function onProject({ params }: ApiCall): string {
  return `projects/${params['project'] ?? ''}`;
}

function onService(call: ApiCall): string {
  const { project = '', service = '' } = call.params;
  const region = call.params['region'] ?? regionOfHost(call);
  return region === undefined ? `projects/${project}` : runKey({ project, region, service });
}
