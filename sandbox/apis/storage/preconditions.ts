import { type ApiCall, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import type { BucketRecord, ObjectRecord } from '../../storage-store.ts';

/** `ifGenerationMatch` (0: there must be none) and `ifGenerationNotMatch`. Throws 412. */
export function checkGeneration({ query }: ApiCall, object: ObjectRecord | undefined): void {
  const present = object?.generation ?? '0';
  const want = query.get('ifGenerationMatch');
  const unwanted = query.get('ifGenerationNotMatch');
  if ((want === null || want === present) && (unwanted === null || unwanted !== present)) return;
  throw new GoogleError(
    412,
    'FAILED_PRECONDITION',
    'At least one of the pre-conditions you specified did not hold.',
    'conditionNotMet',
  );
}

/** Throws 403 while the bucket's retention policy still holds the object. */
export function checkRetention(cloud: Cloud, bucket: BucketRecord, object: ObjectRecord): void {
  const until = retainedUntil(bucket, object);
  if (until === undefined || cloud.now().getTime() >= Date.parse(until)) return;
  throw new GoogleError(
    403,
    'PERMISSION_DENIED',
    `Object '${bucket.name}/${object.name}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until ${until}`,
    'retentionPolicyNotMet',
  );
}

/** ISO time; undefined where the bucket retains nothing. */
export function retainedUntil({ retentionSeconds }: BucketRecord, { timeCreated }: ObjectRecord): string | undefined {
  if (retentionSeconds === undefined) return undefined;
  return new Date(Date.parse(timeCreated) + retentionSeconds * 1000).toISOString();
}
