import type { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import type { Connection } from './connection.ts';

/** Compute Engine: load balancers. Built functions hold the kinds that they call (`scripts/build/slim-compute.ts`). */
export async function openCompute(connection: Connection): Promise<compute_v1.Compute> {
  // By its default export: a bundler that splits CommonJS into files of their own keeps no other.
  const [{ default: library }, options] = await Promise.all([
    import('googleapis/build/src/apis/compute/v1.js'),
    connection.rest('compute'),
  ]);
  return new library.compute_v1.Compute(options);
}
