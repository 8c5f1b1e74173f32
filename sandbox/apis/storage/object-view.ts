import type { BucketRecord, ObjectRecord } from '../../storage-store.ts';
import type { JsonObject } from '../parse-object.ts';
import { crc32cOf, md5Of } from './checksums.ts';
import { retainedUntil } from './preconditions.ts';

/** An object as Storage describes it. */
export function viewOfObject(bucket: BucketRecord, object: ObjectRecord): JsonObject {
  const { name, bytes, contentType, generation, metageneration, timeCreated, given } = object;
  const self = `https://www.googleapis.com/storage/v1/b/${bucket.name}/o/${encodeURIComponent(name)}`;
  const until = retainedUntil(bucket, object);
  return {
    kind: 'storage#object',
    id: `${bucket.name}/${name}/${generation}`,
    selfLink: self,
    mediaLink: `https://storage.googleapis.com/download${new URL(self).pathname}?generation=${generation}&alt=media`,
    ...given,
    name,
    bucket: bucket.name,
    generation,
    metageneration,
    contentType,
    storageClass: 'STANDARD',
    size: String(bytes.length),
    md5Hash: md5Of(bytes),
    crc32c: crc32cOf(bytes),
    etag: Buffer.from(generation).toString('base64'),
    timeCreated,
    updated: timeCreated,
    timeStorageClassUpdated: timeCreated,
    ...(until === undefined ? {} : { retentionExpirationTime: until }),
  };
}
