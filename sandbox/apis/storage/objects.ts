import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { BucketRecord, ObjectRecord } from '../../storage-store.ts';
import { takePage } from '../paging.ts';
import { requireBucket, requireStoragePermission } from './access.ts';
import { md5Of } from './checksums.ts';
import { viewOfObject } from './object-view.ts';
import { checkGeneration, checkRetention } from './preconditions.ts';
import { readUpload } from './read-upload.ts';

const path = '/storage/v1/b/{bucket}/o';

export const objectMethods: readonly ApiMethod[] = [
  { ...method('insert', 'POST', `/upload${path}`, insertObject), takes: 'bytes' },
  method('list', 'GET', path, listObjects),
  method('get', 'GET', `${path}/{object}`, getObject),
  // gcloud follows an object's mediaLink.
  method('get', 'GET', `/download${path}/{object}`, getObject),
  method('delete', 'DELETE', `${path}/{object}`, deleteObject),
];

function method(name: string, verb: ApiMethod['verb'], at: string, handle: ApiMethod['handle']): ApiMethod {
  return { id: `storage.objects.${name}`, document: 'storage.v1', verb, path: at, handle };
}

/** To overwrite is to delete: it takes that permission too, and waits for the retention (FACTS 9.1). */
function insertObject(call: ApiCall, cloud: Cloud): ApiReply {
  const bucket = requireBucket(call, cloud, 'storage.objects.create');
  const { metadata, contentType, bytes } = readUpload(call);
  const { name: givenName, contentType: givenType, md5Hash, crc32c: _sum, ...given } = metadata;
  const name = typeof givenName === 'string' && givenName !== '' ? givenName : (call.query.get('name') ?? '');
  if (name === '' || Buffer.byteLength(name) > 1024 || /[\r\n]/.test(name))
    throw new GoogleError(400, 'INVALID_ARGUMENT', `Invalid object name: '${name.slice(0, 100)}'`, 'invalid');
  if (md5Hash !== undefined && md5Hash !== md5Of(bytes))
    throw new GoogleError(
      400,
      'INVALID_ARGUMENT',
      `Provided MD5 hash "${md5Hash}" doesn't match calculated MD5 hash "${md5Of(bytes)}".`,
      'invalid',
    );
  const before = bucket.objects.get(name);
  checkGeneration(call, before);
  if (before) {
    requireStoragePermission(call, cloud, 'storage.objects.delete', `${bucket.project}/buckets/${bucket.name}`);
    checkRetention(cloud, bucket, before);
    if (bucket.isVersioned) bucket.noncurrent.push(before);
  }
  const object: ObjectRecord = {
    name,
    bytes,
    contentType: typeof givenType === 'string' ? givenType : contentType,
    generation: cloud.storage.nextGeneration(),
    metageneration: '1',
    timeCreated: cloud.now().toISOString(),
    given,
  };
  bucket.objects.set(name, object);
  return ok(viewOfObject(bucket, object));
}

function getObject(call: ApiCall, cloud: Cloud): ApiReply {
  const bucket = requireBucket(call, cloud, 'storage.objects.get');
  const object = requireObject(call, bucket);
  checkGeneration(call, object);
  if (call.query.get('alt') !== 'media') return ok(viewOfObject(bucket, object));
  const { contentEncoding, cacheControl } = object.given;
  const headers = {
    'content-type': object.contentType,
    'x-goog-generation': object.generation,
    'x-goog-hash': `md5=${md5Of(object.bytes)}`,
    ...(typeof contentEncoding === 'string' ? { 'content-encoding': contentEncoding } : {}),
    ...(typeof cacheControl === 'string' ? { 'cache-control': cacheControl } : {}),
  };
  return { status: 200, content: { bytes: object.bytes, headers } };
}

function listObjects(call: ApiCall, cloud: Cloud): ApiReply {
  const bucket = requireBucket(call, cloud, 'storage.objects.list');
  const { query } = call;
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const older = query.get('versions') === 'true' ? bucket.noncurrent : [];
  const all = [...older, ...bucket.objects.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const folderOf = ({ name }: ObjectRecord) => {
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    return end < 0 ? undefined : name.slice(0, end + delimiter.length);
  };
  const rows = [...new Map(all.map((object) => [folderOf(object) ?? object, object])).keys()];
  const asked = { size: query.get('maxResults'), token: query.get('pageToken') };
  const { items, ...rest } = takePage(rows, asked, { defaultSize: 1000, maxSize: 1000 });
  const prefixes = items.filter((row) => typeof row === 'string');
  const objects = items.filter((row) => typeof row !== 'string');
  return ok({
    kind: 'storage#objects',
    ...rest,
    ...(prefixes.length > 0 ? { prefixes } : {}),
    ...(objects.length > 0 ? { items: objects.map((object) => viewOfObject(bucket, object)) } : {}),
  });
}

function deleteObject(call: ApiCall, cloud: Cloud): ApiReply {
  const bucket = requireBucket(call, cloud, 'storage.objects.delete');
  const object = requireObject(call, bucket);
  checkGeneration(call, object);
  checkRetention(cloud, bucket, object);
  bucket.objects.delete(object.name);
  if (bucket.isVersioned && !call.query.has('generation')) bucket.noncurrent.push(object);
  return { status: 204 };
}

function requireObject(call: ApiCall, bucket: BucketRecord): ObjectRecord {
  const name = call.params['object'] ?? '';
  const generation = call.query.get('generation');
  const live = bucket.objects.get(name);
  const all = [...(live ? [live] : []), ...bucket.noncurrent];
  const found = generation === null ? live : all.find((each) => each.name === name && each.generation === generation);
  if (found) return found;
  throw new GoogleError(404, 'NOT_FOUND', `No such object: ${bucket.name}/${name}`, 'notFound');
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}
