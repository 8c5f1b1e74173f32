import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createIdTokens } from '../../sandbox/id-token.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { type BenchEstate, buildBenchEstate } from '../bench-estate.ts';
import { type Calls, countCalls } from '../count-calls.ts';

/** A local Google Cloud in a thread of its own, so that it takes no time from whoever calls it. */
export interface GoogleOptions {
  readonly services: number;
  readonly latencyMs: number;
}

export interface GoogleReady {
  readonly url: string;
  readonly metadataHost: string;
  readonly project: string;
  /** The member that half of the services lack. */
  readonly agent: string;
}

/** `reset`: half of the grants are taken away and counting starts anew. `count`: what was called since, and how many lack the grant. */
export type GoogleRequest = 'reset' | 'count' | 'stop';
export type GoogleReply = { readonly calls: Calls; readonly missing: number };

const { services, latencyMs } = workerData as GoogleOptions;
const isGranted = (position: number) => position % 2 === 0;
const noDocuments = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const sandbox = await startSandbox({ latencyMs, discoveryDir: noDocuments });
const estate = buildBenchEstate(sandbox.cloud, { services, isGranted });
const metadata = await startMetadataServer({
  ...estate,
  email: estate.reconcileAccount,
  idTokens: await createIdTokens(),
});
const fresh = structuredClone(sandbox.cloud.policies);
let countFrom = 0;

parentPort?.on('message', async (request: GoogleRequest) => {
  if (request === 'reset') {
    for (const [key, policy] of fresh) sandbox.cloud.policies.set(key, structuredClone(policy));
    countFrom = sandbox.requestLog.rows.length;
  }
  if (request === 'stop') {
    await Promise.all([sandbox.stop(), metadata.stop()]);
    rmSync(noDocuments, { recursive: true, force: true });
    parentPort?.close();
    return;
  }
  const calls = countCalls(sandbox.requestLog.rows.slice(countFrom), [estate.reconcileAccount]);
  parentPort?.postMessage({ calls, missing: countMissing(estate) } satisfies GoogleReply);
});
parentPort?.postMessage({
  url: sandbox.url,
  metadataHost: metadata.host,
  project: estate.projectId,
  agent: estate.agent,
} satisfies GoogleReady);

function countMissing({ services, agent }: BenchEstate): number {
  const isHeld = (key: string) =>
    sandbox.cloud.policies
      .get(key)
      ?.bindings?.some(({ role, members }) => role === 'roles/run.invoker' && members?.includes(agent));
  return services.filter(({ key }) => !isHeld(key)).length;
}
