import { type ApiCall, GoogleError } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';
import { hasPermission } from '../../permissions.ts';
import type { BucketRecord } from '../../storage-store.ts';

/** The bucket, for a caller who holds the permission by the bucket's own policy (`projects/ID/buckets/B`) or its project's. Throws 404 and 403 in Storage's words. */
export function requireBucket(call: ApiCall, cloud: Cloud, permission: string): BucketRecord {
  const bucket = cloud.storage.buckets.get(call.params['bucket'] ?? '');
  if (!bucket) throw new GoogleError(404, 'NOT_FOUND', 'The specified bucket does not exist.', 'notFound');
  requireStoragePermission(call, cloud, permission, `${bucket.project}/buckets/${bucket.name}`);
  return bucket;
}

export function requireStoragePermission(call: ApiCall, cloud: Cloud, permission: string, resource: string): void {
  if (hasPermission(cloud, call.caller.member, permission, resource)) return;
  const what = permission.split('.')[1] === 'objects' ? 'object' : 'bucket';
  throw new GoogleError(
    403,
    'PERMISSION_DENIED',
    `${call.caller.email} does not have ${permission} access to the Google Cloud Storage ${what}. Permission '${permission}' denied on resource (or it may not exist).`,
    'forbidden',
  );
}
