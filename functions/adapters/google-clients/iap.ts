import type { iap_v1 } from 'googleapis/build/src/apis/iap/v1.js';
import type { Connection } from './connection.ts';

/** IAP: its policies and settings. */
export async function openIap(connection: Connection): Promise<iap_v1.Iap> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/iap/v1.js'),
    connection.rest('iap'),
  ]);
  return new library.iap_v1.Iap(options);
}
