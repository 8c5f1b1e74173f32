import type { ApiMethod } from '../../api.ts';
import { bucketMethods } from './buckets.ts';
import { objectMethods } from './objects.ts';

/** Cloud Storage v1, JSON. */
export const storageMethods: readonly ApiMethod[] = [...bucketMethods, ...objectMethods];
