import type { run_v2 } from 'googleapis/build/src/apis/run/v2.js';
import type { Connection } from './connection.ts';

/** Cloud Run v2: only for updates of services. */
export async function openRunV2(connection: Connection): Promise<run_v2.Run> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/run/v2.js'),
    connection.rest('run'),
  ]);
  return new library.run_v2.Run(options);
}
