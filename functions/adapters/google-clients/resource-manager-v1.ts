import type { cloudresourcemanager_v1 } from 'googleapis/build/src/apis/cloudresourcemanager/v1.js';
import type { Connection } from './connection.ts';

/** Resource Manager v1: where a project stands (v3 has no such call). */
export async function openResourceManagerV1(
  connection: Connection,
): Promise<cloudresourcemanager_v1.Cloudresourcemanager> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/cloudresourcemanager/v1.js'),
    connection.rest('cloudresourcemanager'),
  ]);
  return new library.cloudresourcemanager_v1.Cloudresourcemanager(options);
}
