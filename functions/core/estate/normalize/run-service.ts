import type { Ingress, RunService } from '../../inventory.ts';
import { buildServiceName, parseServiceName, type ResourceParts } from '../resource-name.ts';
import type { NormalizeOptions } from './canonical-project.ts';
import { type JsonRecord, parseList, parseRecord, parseText, parseTextMap, parseTexts } from './fields.ts';

/**
 * A Cloud Run service as the v1 (knative) or the v2 API gives it, in the words of the inventory; undefined for anything
 * else. Ingress: missing or unknown = `all`, `ingress`, never `ingress-status` (CONTRACT 1, FACTS 2).
 */
export function normalizeRunService(raw: unknown, options: NormalizeOptions): RunService | undefined {
  const resource = parseRecord(raw);
  if (!resource) return undefined;
  const metadata = parseRecord(resource['metadata']);
  if (metadata) return normalizeV1(resource, metadata, options);
  return resource['kind'] === undefined ? normalizeV2(resource, options) : undefined;
}

function normalizeV1(resource: JsonRecord, metadata: JsonRecord, options: NormalizeOptions): RunService | undefined {
  if (resource['kind'] !== undefined && resource['kind'] !== 'Service') return undefined;
  const labels = parseTextMap(metadata['labels']);
  const annotations = parseRecord(metadata['annotations']);
  const parts = options.name === undefined ? partsOfV1(metadata, labels) : parseServiceName(options.name);
  if (!parts) return undefined;
  const annotation = (key: string) => parseText(annotations?.[key]);
  const status = parseRecord(resource['status']);
  return {
    ...identify(parts, options),
    ingress: v1Ingress.get(annotation('run.googleapis.com/ingress') ?? 'all') ?? 'all',
    labels,
    iapEnabled: isTrue(annotation('run.googleapis.com/iap-enabled')),
    invokerIamDisabled: isTrue(annotation('run.googleapis.com/invoker-iam-disabled')),
    defaultUrlDisabled: isTrue(annotation('run.googleapis.com/default-url-disabled')),
    customAudiences: distinct(parseJsonTexts(annotation('run.googleapis.com/custom-audiences'))),
    urls: distinct([...parseJsonTexts(annotation('run.googleapis.com/urls')), status?.['url']]),
  };
}

/** Where the name is not given from outside: the namespace is the project's number, the region only a label. */
function partsOfV1(metadata: JsonRecord, labels: Readonly<Record<string, string>>): ResourceParts | undefined {
  const project = parseText(metadata['namespace']);
  const region = labels['cloud.googleapis.com/location'];
  const id = parseText(metadata['name']);
  return project && region && id ? { project, region, id } : undefined;
}

function normalizeV2(resource: JsonRecord, options: NormalizeOptions): RunService | undefined {
  const parts = parseServiceName(options.name ?? `//run.googleapis.com/${parseText(resource['name']) ?? ''}`);
  if (!parts) return undefined;
  return {
    ...identify(parts, options),
    ingress: v2Ingress.get(parseText(resource['ingress']) ?? '') ?? 'all',
    labels: parseTextMap(resource['labels']),
    iapEnabled: resource['iapEnabled'] === true,
    invokerIamDisabled: resource['invokerIamDisabled'] === true,
    defaultUrlDisabled: resource['defaultUriDisabled'] === true,
    customAudiences: distinct(parseList(resource['customAudiences'])),
    urls: distinct([...parseTexts(resource['urls']), resource['uri']]),
  };
}

const v1Ingress: ReadonlyMap<string, Ingress> = new Map(
  (['all', 'internal', 'internal-and-cloud-load-balancing', 'none'] as const).map((word) => [word, word]),
);

const v2Ingress: ReadonlyMap<string, Ingress> = new Map([
  ['INGRESS_TRAFFIC_ALL', 'all'],
  ['INGRESS_TRAFFIC_INTERNAL_ONLY', 'internal'],
  ['INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'internal-and-cloud-load-balancing'],
  ['INGRESS_TRAFFIC_NONE', 'none'],
]);

function identify(parts: ResourceParts, { canonicalProject, name }: NormalizeOptions) {
  const project = canonicalProject(parts.project);
  // The very text that was given, where it is canonical already: an inventory may hold a hundred thousand names.
  const canonicalName =
    name !== undefined && project === parts.project ? name : buildServiceName({ ...parts, project });
  return { name: canonicalName, project, region: parts.region, service: parts.id };
}

function isTrue(annotation: string | undefined): boolean {
  return annotation?.toLowerCase() === 'true';
}

/** Annotations hold lists as JSON texts; one that does not parse says nothing. */
function parseJsonTexts(annotation: string | undefined): readonly string[] {
  if (annotation === undefined) return noTexts;
  try {
    return parseTexts(JSON.parse(annotation));
  } catch {
    return [];
  }
}

/** Most services have none: they share one list. */
const noTexts: readonly string[] = Object.freeze([]);

function distinct(values: readonly unknown[]): readonly string[] {
  const texts: string[] = [];
  for (const value of values) {
    const text = parseText(value);
    if (text !== undefined && !texts.includes(text)) texts.push(text);
  }
  return texts.length === 0 ? noTexts : texts;
}
