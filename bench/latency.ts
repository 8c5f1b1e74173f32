import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildRandom } from '../sandbox/random.ts';
import { buildFunctions } from '../scripts/build/build-functions.ts';
import type { BenchService } from './bench-estate.ts';
import { buildPolicyEvent } from './bench-event.ts';
import type { Bench } from './figure.ts';
import { firstAnswer } from './first-answer.ts';
import { type BenchCloud, openBenchCloud } from './open-bench-cloud.ts';
import { describeSpread, percentile } from './statistics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const timing = { bucketSeconds: 1, settleSeconds: 2 };
const latencyMs = 50;

/**
 * From the event to the policy written, 50 ms added to each API call, both functions started for it: nothing is warm.
 * Bucket and settle are short here, because what is judged is what Sallyport adds to them.
 */
export const latency: Bench = async ({ quick, onProgress }) => {
  const builtDir = `${root}dist/functions`;
  await buildFunctions({ root, outDir: builtDir });
  const runs = quick ? 15 : 40;
  // A refused connection is tried again after 20, 40, 80, 160 ms: about how long Cloud Run would hold the request itself.
  const cloud = await openBenchCloud({
    services: 5,
    isGranted: () => true,
    latencyMs,
    deploy: { builtDir, settings: { timing }, timeScale: 0.002 },
  });
  const random = buildRandom(11);
  const measured: number[] = [];
  try {
    for (let run = 1; run <= runs; run++) {
      onProgress?.(`latency: run ${run} of ${runs}`);
      await wait(random() * timing.bucketSeconds * 1000);
      measured.push(await measureOnce(cloud, cloud.estate.services[0]));
    }
  } finally {
    await cloud.stop();
  }
  const seconds = measured.map((ms) => ms / 1000);
  const [p50, p95] = [percentile(seconds, 50), percentile(seconds, 95)];
  const limit = timing.bucketSeconds + timing.settleSeconds + 3;
  return [
    {
      what: `event to policy written, cold, ${latencyMs} ms a call (bucket ${timing.bucketSeconds} s, settle ${timing.settleSeconds} s)`,
      figure: `p50 ${p50.toFixed(2)} s, p95 ${p95.toFixed(2)} s`,
      target: `p95 <= settle + bucket + 3 s = ${limit} s`,
      ok: p95 <= limit,
      note: describeSpread(seconds, 's'),
    },
  ];
};

async function measureOnce({ sandbox, estate, deployment }: BenchCloud, service: BenchService): Promise<number> {
  await Promise.all([deployment.function('audit-event').kill(), deployment.function('reconcile').kill()]);
  removeGrantSilently();
  forgetEarlierRuns();
  const since = sandbox.requestLog.rows.length;
  const { tasks } = sandbox.cloud;
  const began = Date.now();
  const { port } = deployment.function('audit-event');
  await Promise.all([
    deployment.restart('audit-event'),
    firstAnswer(port, buildPolicyEvent(estate.projectId, service)),
  ]);
  const [task] = tasks.tasks.values();
  if (!task) throw new Error('the event led to no task');
  await wait(Date.parse(task.scheduleTime) - Date.now());
  await deployment.restart('reconcile');
  await until('the task is answered', () => !tasks.tasks.has(task.name));
  await deployment.delivery.idle();
  // The one that checks the own write is not waited for.
  for (const name of tasks.tasks.keys()) tasks.remove(name);
  const write = sandbox.requestLog.rows.slice(since).find(({ method }) => method?.endsWith('.setIamPolicy'));
  if (!write) throw new Error('no policy was written');
  return Date.parse(write.at) - began;

  /** With its memory it would rightly stop: the same grant undone again and again is contested. */
  function forgetEarlierRuns(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${deployment.ledgerFile}${suffix}`, { force: true });
  }

  /** Nobody hears of it: the event of it is sent by hand. */
  function removeGrantSilently(): void {
    const policy = sandbox.cloud.policies.get(service.key);
    if (!policy) throw new Error(`${service.key} has no policy`);
    policy.bindings = (policy.bindings ?? []).filter(({ role }) => role !== 'roles/run.invoker');
  }
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const giveUp = Date.now() + 20_000;
  while (!isTrue()) {
    if (Date.now() > giveUp) throw new Error(`not within 20 s: ${what}`);
    await wait(5);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
