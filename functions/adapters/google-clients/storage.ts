import type { storage_v1 } from 'googleapis/build/src/apis/storage/v1.js';
import type { Connection } from './connection.ts';

/** Cloud Storage: only for reports. It uploads with Node's own fetch, so not by a connection with a token. */
export async function openStorage(connection: Connection): Promise<storage_v1.Storage> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/storage/v1.js'),
    connection.rest('storage'),
  ]);
  return new library.storage_v1.Storage(options);
}
