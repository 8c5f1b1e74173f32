import assert from 'node:assert/strict';
import { createLiveReader } from '../../../../functions/adapters/live-reader/create-live-reader.ts';
import { quickTiming, type SandboxGoogle, startSandboxGoogle } from '../../../support/sandbox-google.ts';

describe('services once behind IAP', () => {
  let google: SandboxGoogle;
  beforeEach(async () => {
    google = await startSandboxGoogle();
  });
  afterEach(() => google.stop());

  async function readPolicies(hadIapOn: readonly string[]): Promise<readonly string[]> {
    const clock = { now: () => 0 };
    const reader = createLiveReader({
      clients: google.clients,
      clock,
      timing: quickTiming,
      settings: { urlMask: 'observe' },
    });
    const { policies, recentlyOnPath } = await reader.readProject(google.estate.projectId, { hadIapOn });
    assert.deepEqual(recentlyOnPath, new Set(), 'rules about services do not look at them for that');
    return [...policies.keys()].filter((name) => name.startsWith('//run.'));
  }
  const backendName = () =>
    `//compute.googleapis.com/projects/${google.estate.projectId}/global/backendServices/${google.estate.backend}`;

  it('have their policies read while IAP is off at a backend that had it on', async () => {
    assert.equal((await readPolicies([backendName()])).length, google.estate.regions.length);
  });

  it('have not where the backend never had it on', async () => {
    assert.deepEqual(await readPolicies([]), []);
    assert.deepEqual(await readPolicies([`${backendName()}-2`]), []);
  });
});
