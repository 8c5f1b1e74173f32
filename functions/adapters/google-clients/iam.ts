import type { iam_v1 } from 'googleapis/build/src/apis/iam/v1.js';
import type { Connection } from './connection.ts';

/** IAM: custom roles. */
export async function openIam(connection: Connection): Promise<iam_v1.Iam> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/iam/v1.js'),
    connection.rest('iam'),
  ]);
  return new library.iam_v1.Iam(options);
}
