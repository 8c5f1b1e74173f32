import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Calls } from './count-calls.ts';
import type { Bench, Figure } from './figure.ts';
import type { GoogleOptions, GoogleReady, GoogleReply, GoogleRequest } from './fix-1000/google.ts';
import { describeSpread, median } from './statistics.ts';

const services = 1000;
const missing = services / 2;
const latencyMs = 50;

interface Sample {
  readonly ms: number;
  readonly calls: Calls;
}

/** Detect and fix of 1,000 services, half of them without the grant, 50 ms a call: the CLI's world against a bare loop, in turn. */
export const fix1000: Bench = async ({ quick, onProgress }) => {
  const worker = new Worker(new URL('./fix-1000/google.ts', import.meta.url), {
    workerData: { services, latencyMs } satisfies GoogleOptions,
  });
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const samples = { sallyport: [] as Sample[], loop: [] as Sample[] };
  try {
    const [google] = (await once(worker, 'message')) as [GoogleReady];
    const rounds = quick ? 3 : 5;
    for (let round = 1; round <= rounds; round++) {
      onProgress?.(`fix: round ${round} of ${rounds}`);
      samples.loop.push(await run('bare-loop', [google.project, google.agent], worker, google));
      samples.sallyport.push(await run('sallyport', [google.project, join(folder, `${round}.db`)], worker, google));
    }
  } finally {
    worker.postMessage('stop' satisfies GoogleRequest);
    await once(worker, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
  return judge(samples.sallyport, samples.loop);
};

/** A process of its own each time; it is not timed before it begins to work. */
async function run(name: string, parameters: string[], worker: Worker, google: GoogleReady): Promise<Sample> {
  await ask(worker, 'reset');
  const script = fileURLToPath(new URL(`./fix-1000/${name}.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...parameters], {
    cwd: tmpdir(),
    env: { PATH: '/usr/bin:/bin', SALLYPORT_SANDBOX_URL: google.url, GCE_METADATA_HOST: google.metadataHost },
    timeout: 120_000,
  });
  const { ms, changes } = JSON.parse(stdout) as { ms: number; changes: number };
  const after = await ask(worker, 'count');
  if (changes !== missing || after.missing !== 0) {
    throw new Error(`${name} made ${changes} changes, ${after.missing} services lack the grant: ${stdout}`);
  }
  return { ms, calls: after.calls };
}

async function ask(worker: Worker, request: GoogleRequest): Promise<GoogleReply> {
  const reply = once(worker, 'message');
  worker.postMessage(request);
  const [answer] = (await reply) as [GoogleReply];
  return answer;
}

function judge(sallyport: readonly Sample[], loop: readonly Sample[]): readonly Figure[] {
  const seconds = (samples: readonly Sample[]) => samples.map(({ ms }) => ms / 1000);
  const most = (samples: readonly Sample[], field: 'run' | 'all') =>
    Math.max(...samples.map(({ calls }) => calls[field]));
  const [own, bare] = [seconds(sallyport), seconds(loop)];
  const ratio = median(own.map((value, round) => value / (bare[round] ?? Number.NaN)));
  const [ownRun, bareRun] = [most(sallyport, 'run'), most(loop, 'run')];
  const others = most(sallyport, 'all') - ownRun;
  return [
    {
      what: `detect and fix ${services} services, ${missing} without the grant, ${latencyMs} ms a call: time`,
      figure: `${ratio.toFixed(2)}x (${median(own).toFixed(1)} against ${median(bare).toFixed(1)} s)`,
      target: '<= 1.2x a bare loop, 16 in flight',
      ok: ratio <= 1.2,
      note: `medians of ${describeSpread(own, 's')}; loop: ${describeSpread(bare, 's')}`,
    },
    {
      what: 'the same: calls to Cloud Run',
      figure: `${ownRun} against ${bareRun}`,
      target: "<= the loop's",
      ok: ownRun <= bareRun,
      note: `${others} more find the access paths, and whom IAP lets in at each backend; the loop asks neither`,
    },
  ];
}
