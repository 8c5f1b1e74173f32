import type { run_v1 } from 'googleapis/build/src/apis/run/v1.js';
import type { Connection } from './connection.ts';

/** Cloud Run: services of all regions, and their policies. */
export async function openRun(connection: Connection): Promise<run_v1.Run> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/run/v1.js'),
    connection.rest('run'),
  ]);
  return new library.run_v1.Run(options);
}
