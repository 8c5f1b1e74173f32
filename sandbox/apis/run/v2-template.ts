import { type JsonObject, objectIn } from '../parse-object.ts';

/** Revision templates and traffic between v1 and v2. Of a container the fields that both spell alike are kept, with environment, resources and scaling; of a template no volumes, networks or keys. */

const sameInContainer = [
  'name',
  'image',
  'command',
  'args',
  'workingDir',
  'ports',
  'volumeMounts',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'dependsOn',
];
const scaling = {
  minInstanceCount: 'autoscaling.knative.dev/minScale',
  maxInstanceCount: 'autoscaling.knative.dev/maxScale',
} as const;

export function templateToV2(template: JsonObject): JsonObject {
  const metadata = objectIn(template['metadata']) ?? {};
  const spec = objectIn(template['spec']) ?? {};
  const notes = objectIn(metadata['annotations']) ?? {};
  const counts = Object.entries(scaling).flatMap(([field, note]) =>
    notes[note] === undefined ? [] : [[field, Number(notes[note])]],
  );
  const own = Object.entries(notes).filter(([key]) => !/(run\.googleapis\.com|knative\.dev)\//.test(key));
  return compact({
    revision: metadata['name'],
    labels: metadata['labels'],
    annotations: own.length > 0 ? Object.fromEntries(own) : undefined,
    scaling: counts.length > 0 ? Object.fromEntries(counts) : undefined,
    timeout: spec['timeoutSeconds'] === undefined ? undefined : `${spec['timeoutSeconds']}s`,
    serviceAccount: spec['serviceAccountName'],
    containers: containersOf(spec).map(containerToV2),
    maxInstanceRequestConcurrency: spec['containerConcurrency'],
  });
}

export function templateToV1(template: JsonObject): JsonObject {
  const counts = objectIn(template['scaling']) ?? {};
  const annotations = compact({
    ...objectIn(template['annotations']),
    ...Object.fromEntries(
      Object.entries(scaling).map(([field, note]) => [
        note,
        counts[field] === undefined ? undefined : String(counts[field]),
      ]),
    ),
  });
  const metadata = compact({
    name: template['revision'] || undefined,
    labels: template['labels'],
    annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
  });
  const timeout = /^(\d+)(\.\d+)?s$/.exec(String(template['timeout'] ?? ''))?.[1];
  return compact({
    metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
    spec: compact({
      containerConcurrency: template['maxInstanceRequestConcurrency'],
      timeoutSeconds: timeout === undefined ? undefined : Number(timeout),
      serviceAccountName: template['serviceAccount'] || undefined,
      containers: containersOf(template).map(containerToV1),
    }),
  });
}

export function trafficToV2(traffic: unknown): JsonObject[] {
  return listOf(traffic).map((target) =>
    compact({
      type:
        target['latestRevision'] === true
          ? 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST'
          : 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
      revision: target['latestRevision'] === true ? undefined : target['revisionName'],
      percent: target['percent'],
      tag: target['tag'],
    }),
  );
}

export function trafficToV1(traffic: unknown): JsonObject[] {
  return listOf(traffic).map((target) =>
    compact({
      latestRevision: target['type'] === 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST' ? true : undefined,
      revisionName: target['revision'],
      percent: target['percent'],
      tag: target['tag'],
    }),
  );
}

function containerToV2(container: JsonObject): JsonObject {
  const env = listOf(container['env']).map(({ name, value, valueFrom }) => {
    const secret = objectIn(objectIn(valueFrom)?.['secretKeyRef']);
    return secret
      ? { name, valueSource: { secretKeyRef: { secret: secret['name'], version: secret['key'] } } }
      : compact({ name, value });
  });
  const limits = objectIn(container['resources'])?.['limits'];
  return compact({
    ...pick(container),
    env: env.length > 0 ? env : undefined,
    resources: limits ? { limits } : undefined,
  });
}

function containerToV1(container: JsonObject): JsonObject {
  const env = listOf(container['env']).map(({ name, value, valueSource }) => {
    const secret = objectIn(objectIn(valueSource)?.['secretKeyRef']);
    return secret
      ? { name, valueFrom: { secretKeyRef: { name: secret['secret'], key: secret['version'] } } }
      : compact({ name, value });
  });
  const limits = objectIn(container['resources'])?.['limits'];
  return compact({
    ...pick(container),
    env: env.length > 0 ? env : undefined,
    resources: limits ? { limits } : undefined,
  });
}

function pick(container: JsonObject): JsonObject {
  return Object.fromEntries(
    sameInContainer.flatMap((field) => (container[field] === undefined ? [] : [[field, container[field]]])),
  );
}

function containersOf(spec: JsonObject): JsonObject[] {
  return listOf(spec['containers']);
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map((item) => objectIn(item) ?? {}) : [];
}

function compact(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
