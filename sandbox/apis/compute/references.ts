import type { Cloud } from '../../cloud.ts';
import { findProject } from '../find-project.ts';
import { type JsonObject, objectIn } from '../parse-object.ts';
import { invalid, linkOf, notFound, type Place } from './place.ts';

/** Fields that name another Compute resource, by full URL or by a path that starts at the project or the scope. */
const referenceFields = new Set(['defaultService', 'service', 'backendService', 'urlMap', 'target', 'sslCertificates']);

/** The resource with all its references in Compute's one spelling; 404 when one of them is not there. */
export function resolveReferences(given: JsonObject, cloud: Cloud, place: Place): JsonObject {
  const resolve = (value: unknown, field: string): unknown => {
    if (typeof value === 'string' && referenceFields.has(field)) return resolveReference(value, cloud, place);
    if (Array.isArray(value)) return value.map((item) => resolve(item, field));
    const object = objectIn(value);
    return object ? Object.fromEntries(Object.entries(object).map(([key, item]) => [key, resolve(item, key)])) : value;
  };
  return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, resolve(item, key)]));
}

/** A full URL as it must be in `backends[].group`; throws 400 for a shorter form and 404 when it is not there. */
export function resolveFullUrl(value: string, field: string, cloud: Cloud): string {
  const key = keyOfLink(value, cloud);
  if (key === undefined) throw invalid(field, value, 'The URL is malformed.');
  return requireLink(key, cloud);
}

/** Who refers to which link, among the resources that are not operations. */
export function buildReferrers(cloud: Cloud, isReferrer: (key: string) => boolean): Map<string, string[]> {
  const referrers = new Map<string, string[]>();
  for (const [key, record] of cloud.compute) {
    if (key.includes('/operations/') || !isReferrer(key)) continue;
    for (const link of linksIn(record)) {
      if (link === record.selfLink) continue;
      const known = referrers.get(link) ?? [];
      if (!known.includes(record.selfLink)) referrers.set(link, [...known, record.selfLink]);
    }
  }
  return referrers;
}

function resolveReference(value: string, cloud: Cloud, place: Place): string {
  const link = /^(global|regions\/[^/]+|zones\/[^/]+)\/[^/]+\/[^/]+$/.test(value)
    ? `projects/${place.project.projectId}/${value}`
    : value;
  const key = /^projects\/[^/]+\/(global|regions|zones)\//.test(link) ? link : keyOfLink(link, cloud);
  return key === undefined ? value : requireLink(key, cloud);
}

function requireLink(key: string, cloud: Cloud): string {
  if (!cloud.compute.has(key)) throw notFound(key);
  return linkOf(key);
}

function keyOfLink(value: string, cloud: Cloud): string | undefined {
  const [, project, rest] = /^https?:\/\/[^/]+\/compute\/(?:v1|beta|alpha)\/projects\/([^/]+)\/(.+)$/.exec(value) ?? [];
  if (project === undefined) return undefined;
  return `projects/${findProject(cloud, project)?.projectId ?? project}/${rest}`;
}

function* linksIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (value.startsWith('https://www.googleapis.com/compute/')) yield value;
  } else if (Array.isArray(value)) for (const item of value) yield* linksIn(item);
  else for (const item of Object.values(objectIn(value) ?? {})) yield* linksIn(item);
}
