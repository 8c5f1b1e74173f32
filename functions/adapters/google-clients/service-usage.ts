import type { serviceusage_v1beta1 } from 'googleapis/build/src/apis/serviceusage/v1beta1.js';
import type { Connection } from './connection.ts';

/** Service Usage: only to create a service agent. */
export async function openServiceUsage(connection: Connection): Promise<serviceusage_v1beta1.Serviceusage> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/serviceusage/v1beta1.js'),
    connection.rest('serviceusage'),
  ]);
  return new library.serviceusage_v1beta1.Serviceusage(options);
}
