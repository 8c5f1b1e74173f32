import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Caller, GoogleError } from '../../api.ts';
import type { Cloud, RunServiceRecord } from '../../cloud.ts';
import { requirePermission } from '../../permissions.ts';
import { requireProject } from '../find-project.ts';
import { type JsonObject, objectIn } from '../parse-object.ts';
import { buildIapAgentEmail } from '../service-agents.ts';
import { type RunPlace, runKey } from './run-store.ts';
import { buildRunUrls } from './run-urls.ts';

export interface Deployment {
  readonly place: RunPlace;
  /** A knative Service as the caller sent it. */
  readonly sent: JsonObject;
  readonly caller: Caller;
}

/**
 * Stores a new service or the next state of one, ready at once, as Cloud Run v1 would answer it. A changed template makes a
 * new revision. Throws 409 on a resourceVersion that is not the present one, 400 on a bad ingress, 403 on a runtime account
 * that is not there. Direct IAP switched on creates the project's IAP agent.
 */
export function deployRunService(cloud: Cloud, deployment: Deployment): RunServiceRecord {
  const project = requireProject(cloud, deployment.place.project);
  const place = { ...deployment.place, project: project.projectId };
  const before = cloud.runServices.get(runKey(place));
  const metadata = objectIn(deployment.sent['metadata']) ?? {};
  checkVersion(before, place, metadata['resourceVersion']);
  const annotations = nextAnnotations(
    before,
    textsIn(metadata['annotations']),
    deployment.caller,
    buildRunUrls(place, project.projectNumber),
  );
  const spec = nextSpec(objectIn(deployment.sent['spec']) ?? {}, project.projectNumber);
  checkRuntimeAccount(cloud, deployment.caller, place, spec);
  const now = cloud.now().toISOString();
  const generation = Number(before?.metadata['generation'] ?? 0) + 1;
  const record: RunServiceRecord = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: place.service,
      namespace: project.projectNumber,
      selfLink: `/apis/serving.knative.dev/v1/namespaces/${project.projectNumber}/services/${place.service}`,
      uid: before?.metadata['uid'] ?? randomUUID(),
      resourceVersion: buildResourceVersion(cloud, generation, place),
      generation,
      creationTimestamp: before?.metadata['creationTimestamp'] ?? now,
      labels: { ...textsIn(metadata['labels']), 'cloud.googleapis.com/location': place.region },
      annotations,
    },
    spec,
    status: buildStatus({
      before,
      spec,
      service: place.service,
      generation,
      now,
      url: buildRunUrls(place, project.projectNumber).hashed,
    }),
  };
  cloud.runServices.set(runKey(place), record);
  if (annotations['run.googleapis.com/iap-enabled'] === 'true' && cloud.provisionsIapAgents !== false) {
    cloud.serviceAccounts.add(buildIapAgentEmail(project));
  }
  return record;
}

function checkVersion(before: RunServiceRecord | undefined, place: RunPlace, sent: unknown): void {
  const present = before?.metadata['resourceVersion'];
  if (typeof sent !== 'string' || sent === '' || sent === present) return;
  throw new GoogleError(
    409,
    'ABORTED',
    `Conflict for resource '${place.service}': version '${sent}' was specified but current version is '${present ?? ''}'.`,
    'aborted',
  );
}

const ingresses = new Set(['all', 'internal', 'internal-and-cloud-load-balancing', 'none']);

function nextAnnotations(
  before: RunServiceRecord | undefined,
  sent: Record<string, string>,
  caller: Caller,
  urls: { readonly named: string; readonly hashed: string },
): Record<string, string> {
  const ingress = sent['run.googleapis.com/ingress'] ?? 'all';
  if (!ingresses.has(ingress)) {
    throw new GoogleError(
      400,
      'INVALID_ARGUMENT',
      `metadata.annotations[run.googleapis.com/ingress]: Invalid ingress setting: ${ingress}.`,
      'badRequest',
    );
  }
  return {
    ...sent,
    'run.googleapis.com/ingress': ingress,
    'run.googleapis.com/ingress-status': ingress,
    'run.googleapis.com/operation-id': randomUUID(),
    'run.googleapis.com/urls': JSON.stringify([urls.named, urls.hashed]),
    'serving.knative.dev/creator': before?.metadata.annotations['serving.knative.dev/creator'] ?? caller.email,
    'serving.knative.dev/lastModifier': caller.email,
  };
}

function nextSpec(sent: JsonObject, projectNumber: string): JsonObject {
  const template = objectIn(sent['template']) ?? {};
  return {
    ...sent,
    template: {
      ...template,
      spec: {
        containerConcurrency: 80,
        timeoutSeconds: 300,
        serviceAccountName: `${projectNumber}-compute@developer.gserviceaccount.com`,
        ...objectIn(template['spec']),
      },
    },
    traffic: sent['traffic'] ?? [{ percent: 100, latestRevision: true }],
  };
}

function checkRuntimeAccount(cloud: Cloud, caller: Caller, place: RunPlace, spec: JsonObject): void {
  const account = objectIn(objectIn(spec['template'])?.['spec'])?.['serviceAccountName'];
  if (typeof account !== 'string' || account.endsWith('-compute@developer.gserviceaccount.com')) return;
  if (!cloud.serviceAccounts.has(account)) {
    throw new GoogleError(
      403,
      'PERMISSION_DENIED',
      `Permission 'iam.serviceaccounts.actAs' denied on service account ${account} (or it may not exist).`,
    );
  }
  requirePermission(cloud, caller, 'iam.serviceAccounts.actAs', `projects/${place.project}`);
}

interface StatusParts {
  readonly before: RunServiceRecord | undefined;
  readonly spec: JsonObject;
  readonly service: string;
  readonly generation: number;
  readonly now: string;
  readonly url: string;
}

function buildStatus({ before, spec, service, generation, now, url }: StatusParts): JsonObject {
  const revision = nextRevision({ before, spec, service, generation });
  const traffic = Array.isArray(spec['traffic']) ? spec['traffic'].map((target) => ({ ...objectIn(target) })) : [];
  return {
    observedGeneration: generation,
    conditions: ['Ready', 'ConfigurationsReady', 'RoutesReady'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: now,
    })),
    latestReadyRevisionName: revision,
    latestCreatedRevisionName: revision,
    traffic: traffic.map((target) => (target['latestRevision'] ? { revisionName: revision, ...target } : target)),
    url,
    address: { url },
  };
}

function nextRevision({
  before,
  spec,
  service,
  generation,
}: Pick<StatusParts, 'before' | 'spec' | 'service' | 'generation'>): string {
  const wanted = objectIn(objectIn(spec['template'])?.['metadata'])?.['name'];
  if (typeof wanted === 'string' && wanted !== '') return wanted;
  const present = before?.status['latestCreatedRevisionName'];
  if (typeof present === 'string' && isDeepStrictEqual(before?.spec['template'], spec['template'])) return present;
  const suffix = createHash('sha256')
    .update(`${service}/${generation}`)
    .digest('hex')
    .replaceAll(/\d/g, (digit) => 'bcdghjkmnp'.charAt(Number(digit)));
  return `${service}-${String(generation).padStart(5, '0')}-${suffix.slice(0, 3)}`;
}

function buildResourceVersion(cloud: Cloud, generation: number, place: RunPlace): string {
  return createHash('sha256')
    .update(`${cloud.now().getTime()} ${generation} ${runKey(place)}`)
    .digest('base64')
    .replaceAll('/', '+')
    .slice(0, 11);
}

function textsIn(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(objectIn(value) ?? {}).map(([name, text]) => [name, String(text)]));
}
