import type { RunServiceRecord } from '../../cloud.ts';
import { type JsonObject, objectIn } from '../parse-object.ts';
import { type RunPlace, runKey } from './run-store.ts';
import { templateToV1, templateToV2, trafficToV1, trafficToV2 } from './v2-template.ts';

/** Between the stored v1 (knative) shape and v2's. What v1 keeps in annotations are fields in v2 (FACTS 2). */

const ingressToV2: Readonly<Record<string, string>> = {
  all: 'INGRESS_TRAFFIC_ALL',
  internal: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  'internal-and-cloud-load-balancing': 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
  none: 'INGRESS_TRAFFIC_NONE',
};
const ingressToV1: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ingressToV2).map(([v1, v2]) => [v2, v1]),
);

const flags = {
  iapEnabled: 'run.googleapis.com/iap-enabled',
  invokerIamDisabled: 'run.googleapis.com/invoker-iam-disabled',
  defaultUriDisabled: 'run.googleapis.com/default-url-disabled',
} as const;

const texts = {
  description: 'run.googleapis.com/description',
  client: 'run.googleapis.com/client-name',
  clientVersion: 'run.googleapis.com/client-version',
  launchStage: 'run.googleapis.com/launch-stage',
} as const;

/** Annotations of these name spaces are the system's: v2 does not show them and refuses them. */
export const systemAnnotation =
  /^([a-z0-9-]+\.)*(run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|autoscaling\.knative\.dev)\//;

/** A stored service as v2 answers it. */
export function toV2Service(record: RunServiceRecord, place: RunPlace): JsonObject {
  const { metadata, spec, status } = record;
  const notes = metadata.annotations;
  const name = runKey(place);
  const revision = (id: unknown) => (typeof id === 'string' ? `${name}/revisions/${id}` : undefined);
  const updated = readyTime(status) ?? metadata['creationTimestamp'];
  const urls: unknown = JSON.parse(notes['run.googleapis.com/urls'] ?? '[]');
  return compact({
    name,
    ...pickTexts(notes),
    uid: metadata['uid'],
    generation: String(metadata['generation']),
    labels: filled(withoutKeys(metadata.labels, (key) => key === 'cloud.googleapis.com/location')),
    annotations: filled(withoutKeys(notes, (key) => systemAnnotation.test(key))),
    createTime: metadata['creationTimestamp'],
    updateTime: updated,
    creator: notes['serving.knative.dev/creator'],
    lastModifier: notes['serving.knative.dev/lastModifier'],
    ingress: ingressToV2[notes['run.googleapis.com/ingress'] ?? 'all'],
    launchStage: notes[texts.launchStage] ?? 'GA',
    template: templateToV2(objectIn(spec['template']) ?? {}),
    traffic: trafficToV2(spec['traffic']),
    ...Object.fromEntries(
      Object.entries(flags).map(([field, note]) => [field, notes[note] === 'true' ? true : undefined]),
    ),
    customAudiences: notes['run.googleapis.com/custom-audiences']
      ? JSON.parse(notes['run.googleapis.com/custom-audiences'])
      : undefined,
    observedGeneration: String(status['observedGeneration']),
    terminalCondition: { type: 'Ready', state: 'CONDITION_SUCCEEDED', lastTransitionTime: updated },
    conditions: ['RoutesReady', 'ConfigurationsReady'].map((type) => ({
      type,
      state: 'CONDITION_SUCCEEDED',
      lastTransitionTime: updated,
    })),
    latestReadyRevision: revision(status['latestReadyRevisionName']),
    latestCreatedRevision: revision(status['latestCreatedRevisionName']),
    trafficStatuses: trafficToV2(spec['traffic']),
    uri: notes[flags.defaultUriDisabled] === 'true' ? undefined : status['url'],
    urls,
    etag: `"${metadata['resourceVersion']}"`,
  });
}

/** A v2 service, as a caller sent it, as the v1 body that means the same; `before` keeps the annotations that v2 has no field for. */
export function toV1Body(service: JsonObject, place: RunPlace, before: RunServiceRecord | undefined): JsonObject {
  const kept = Object.entries(before?.metadata.annotations ?? {}).filter(
    ([key]) => systemAnnotation.test(key) && !isField(key),
  );
  const ingress = String(service['ingress'] ?? 'INGRESS_TRAFFIC_ALL');
  const audiences = service['customAudiences'];
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: place.service,
      labels: { ...objectIn(service['labels']) },
      annotations: compact({
        ...Object.fromEntries(kept),
        ...objectIn(service['annotations']),
        ...Object.fromEntries(Object.entries(texts).map(([field, note]) => [note, service[field] || undefined])),
        ...Object.fromEntries(
          Object.entries(flags).map(([field, note]) => [note, service[field] === true ? 'true' : undefined]),
        ),
        'run.googleapis.com/ingress': ingressToV1[ingress] ?? 'all',
        'run.googleapis.com/custom-audiences':
          Array.isArray(audiences) && audiences.length > 0 ? JSON.stringify(audiences) : undefined,
      }),
    },
    spec: {
      template: templateToV1(objectIn(service['template']) ?? {}),
      ...(Array.isArray(service['traffic']) && service['traffic'].length > 0
        ? { traffic: trafficToV1(service['traffic']) }
        : {}),
    },
  };
}

function isField(annotation: string): boolean {
  const own: string[] = [
    'run.googleapis.com/ingress',
    'run.googleapis.com/custom-audiences',
    ...Object.values(flags),
    ...Object.values(texts),
  ];
  return own.includes(annotation);
}

function pickTexts(notes: Readonly<Record<string, string>>): JsonObject {
  return {
    description: notes[texts.description],
    client: notes[texts.client],
    clientVersion: notes[texts.clientVersion],
  };
}

function readyTime(status: JsonObject): unknown {
  const [ready] = Array.isArray(status['conditions']) ? status['conditions'] : [];
  return objectIn(ready)?.['lastTransitionTime'];
}

function withoutKeys(
  texts: Readonly<Record<string, string>>,
  isDropped: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !isDropped(key)));
}

function filled(value: Record<string, string>): Record<string, string> | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}

function compact(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
