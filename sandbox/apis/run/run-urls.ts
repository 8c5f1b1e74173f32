import { createHash } from 'node:crypto';
import type { RunPlace } from './run-store.ts';

const regionCodes: Readonly<Record<string, string>> = {
  'asia-east1': 'de',
  'asia-northeast1': 'an',
  'asia-southeast1': 'as',
  'australia-southeast1': 'ts',
  'europe-north1': 'lz',
  'europe-west1': 'ew',
  'europe-west2': 'nw',
  'europe-west3': 'ey',
  'europe-west4': 'ez',
  'us-central1': 'uc',
  'us-east1': 'ue',
  'us-east4': 'uk',
  'us-west1': 'uw',
};

/** Both default URLs of a service: the one with the project number and region, and the older one with a hash of the project. Each is of one region only. */
export function buildRunUrls(
  { region, service }: RunPlace,
  projectNumber: string,
): { readonly named: string; readonly hashed: string } {
  const hash = createHash('sha256')
    .update(projectNumber)
    .digest('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))
    .slice(0, 10);
  const code = regionCodes[region] ?? createHash('sha256').update(region).digest('hex').slice(0, 2);
  return {
    named: `https://${service}-${projectNumber}.${region}.run.app`,
    hashed: `https://${service}-${hash}-${code}.a.run.app`,
  };
}
