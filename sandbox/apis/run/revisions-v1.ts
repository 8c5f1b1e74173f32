import { type ApiCall, type ApiMethod, GoogleError } from '../../api.ts';
import type { Cloud, RunServiceRecord } from '../../cloud.ts';
import { findProject } from '../find-project.ts';
import { type JsonObject, objectIn } from '../parse-object.ts';
import { parseRunKey } from './run-store.ts';

const path = '/apis/serving.knative.dev/v1/namespaces/{project}/revisions';
const permission = (name: string) => ({ name, on: ({ params }: ApiCall) => `projects/${params['project'] ?? ''}` });

/** Revisions as gcloud reads them before it changes a template: the newest of each service only; older ones are not kept. */
export const revisionV1Methods: readonly ApiMethod[] = [
  {
    id: 'run.namespaces.revisions.list',
    document: 'run.v1',
    verb: 'GET',
    path,
    permission: permission('run.revisions.list'),
    handle(call, cloud) {
      const [, label = '', value] = /^\s*([^\s=]+)\s*==?\s*(\S+)\s*$/.exec(call.query.get('labelSelector') ?? '') ?? [];
      const items = newestRevisions(call, cloud).filter(
        ({ metadata }) => value === undefined || metadata.labels[label] === value,
      );
      return {
        status: 200,
        body: {
          apiVersion: 'serving.knative.dev/v1',
          kind: 'RevisionList',
          metadata: {},
          ...(items.length > 0 ? { items } : {}),
        },
      };
    },
  },
  {
    id: 'run.namespaces.revisions.get',
    document: 'run.v1',
    verb: 'GET',
    path: `${path}/{revision}`,
    permission: permission('run.revisions.get'),
    handle(call, cloud) {
      const revision = newestRevisions(call, cloud).find(({ metadata }) => metadata.name === call.params['revision']);
      if (revision) return { status: 200, body: revision };
      throw new GoogleError(
        404,
        'NOT_FOUND',
        `Resource '${call.params['revision']}' of kind 'REVISION' does not exist.`,
        'notFound',
      );
    },
  },
];

function newestRevisions({ params, host }: ApiCall, cloud: Cloud) {
  const project = findProject(cloud, params['project'] ?? '')?.projectId;
  const region = /^([a-z]+-[a-z]+\d+)-run\.googleapis\.com/.exec(host ?? '')?.[1];
  return [...cloud.runServices]
    .map(([key, record]) => ({ place: parseRunKey(key), record }))
    .filter(({ place }) => place?.project === project && (region === undefined || place?.region === region))
    .map(({ record }) => buildRevision(record));
}

function buildRevision({ metadata, spec, status }: RunServiceRecord) {
  const template = objectIn(spec['template']) ?? {};
  const own = objectIn(template['metadata']) ?? {};
  const name = String(status['latestCreatedRevisionName']);
  const [ready] = Array.isArray(status['conditions']) ? status['conditions'] : [];
  const labels: JsonObject = {
    ...objectIn(own['labels']),
    'cloud.googleapis.com/location': metadata.labels['cloud.googleapis.com/location'],
    'serving.knative.dev/service': metadata.name,
    'serving.knative.dev/route': metadata.name,
    'serving.knative.dev/configuration': metadata.name,
  };
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      name,
      namespace: metadata.namespace,
      selfLink: `/apis/serving.knative.dev/v1/namespaces/${metadata.namespace}/revisions/${name}`,
      uid: metadata['uid'],
      resourceVersion: metadata['resourceVersion'],
      generation: 1,
      creationTimestamp: objectIn(ready)?.['lastTransitionTime'],
      labels,
      annotations: { ...objectIn(own['annotations']) },
    },
    spec: objectIn(template['spec']) ?? {},
    status: { observedGeneration: 1, conditions: status['conditions'], serviceName: metadata.name },
  };
}
