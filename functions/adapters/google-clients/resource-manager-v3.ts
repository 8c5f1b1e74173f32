import type { cloudresourcemanager_v3 } from 'googleapis/build/src/apis/cloudresourcemanager/v3.js';
import type { Connection } from './connection.ts';

/** Resource Manager v3: policies of projects, folders and organisations. */
export async function openResourceManagerV3(
  connection: Connection,
): Promise<cloudresourcemanager_v3.Cloudresourcemanager> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/cloudresourcemanager/v3.js'),
    connection.rest('cloudresourcemanager'),
  ]);
  return new library.cloudresourcemanager_v3.Cloudresourcemanager(options);
}
