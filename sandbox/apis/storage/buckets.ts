import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { BucketRecord } from '../../storage-store.ts';
import { requireProject } from '../find-project.ts';
import { takePage } from '../paging.ts';
import type { JsonObject } from '../parse-object.ts';
import { requireBucket, requireStoragePermission } from './access.ts';

export const bucketMethods: readonly ApiMethod[] = [
  method('insert', 'POST', '/storage/v1/b', insertBucket),
  method('list', 'GET', '/storage/v1/b', listBuckets),
  method('get', 'GET', '/storage/v1/b/{bucket}', (call, cloud) =>
    ok(viewOf(requireBucket(call, cloud, 'storage.buckets.get'))),
  ),
];

function method(name: string, verb: ApiMethod['verb'], path: string, handle: ApiMethod['handle']): ApiMethod {
  return { id: `storage.buckets.${name}`, document: 'storage.v1', verb, path, handle };
}

const bucketBody = z.looseObject({
  name: z.string(),
  location: z.string().default('US'),
  storageClass: z.string().default('STANDARD'),
  versioning: z.object({ enabled: z.boolean() }).optional(),
  retentionPolicy: z.looseObject({ retentionPeriod: z.coerce.number().int().positive().max(3_155_760_000) }).optional(),
  iamConfiguration: z
    .looseObject({ uniformBucketLevelAccess: z.looseObject({ enabled: z.boolean() }).optional() })
    .optional(),
});

function insertBucket(call: ApiCall, cloud: Cloud): ApiReply {
  const project = requireProject(cloud, call.query.get('project') ?? '');
  const key = `projects/${project.projectId}`;
  requireStoragePermission(call, cloud, 'storage.buckets.create', key);
  const parsed = bucketBody.safeParse(call.body ?? {});
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const { name, versioning, retentionPolicy, ...settings } = parsed.data;
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name)) throw invalid(`Invalid bucket name: '${name}'`);
  if (cloud.storage.buckets.has(name))
    throw new GoogleError(
      409,
      'ALREADY_EXISTS',
      'Your previous request to create the named bucket succeeded and you already own it.',
      'conflict',
    );
  if (versioning?.enabled && retentionPolicy)
    throw invalid('A bucket cannot have both a retention policy and object versioning.');
  const bucket: BucketRecord = {
    name,
    project: key,
    projectNumber: project.projectNumber,
    timeCreated: cloud.now().toISOString(),
    settings: { ...settings, ...(versioning ? { versioning } : {}) },
    isVersioned: versioning?.enabled ?? false,
    ...(retentionPolicy ? { retentionSeconds: retentionPolicy.retentionPeriod } : {}),
    objects: new Map(),
    noncurrent: [],
  };
  cloud.storage.buckets.set(name, bucket);
  return ok(viewOf(bucket));
}

function listBuckets(call: ApiCall, cloud: Cloud): ApiReply {
  const { projectId } = requireProject(cloud, call.query.get('project') ?? '');
  requireStoragePermission(call, cloud, 'storage.buckets.list', `projects/${projectId}`);
  const prefix = call.query.get('prefix') ?? '';
  const all = [...cloud.storage.buckets.values()].filter(
    ({ name, project }) => project === `projects/${projectId}` && name.startsWith(prefix),
  );
  const asked = { size: call.query.get('maxResults'), token: call.query.get('pageToken') };
  const { items, ...rest } = takePage(all, asked, { defaultSize: 1000, maxSize: 1000 });
  return ok({ kind: 'storage#buckets', items: items.map(viewOf), ...rest });
}

function viewOf({ name, projectNumber, timeCreated, settings, retentionSeconds }: BucketRecord): JsonObject {
  const { location, ...others } = settings;
  return {
    kind: 'storage#bucket',
    id: name,
    name,
    selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
    projectNumber,
    location: String(location).toUpperCase(),
    metageneration: '1',
    etag: 'CAE=',
    timeCreated,
    updated: timeCreated,
    ...others,
    ...(retentionSeconds === undefined
      ? {}
      : { retentionPolicy: { retentionPeriod: String(retentionSeconds), effectiveTime: timeCreated } }),
  };
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message, 'invalid');
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}
