import { fileURLToPath } from 'node:url';
import { findFreePort, type RunningFunction, startFunction } from '../sandbox/functions-host.ts';
import { buildFunctions } from '../scripts/build/build-functions.ts';
import { buildIgnoredEvent, buildStartingEvent, type Message } from './bench-event.ts';
import type { Bench, Figure } from './figure.ts';
import { firstAnswer } from './first-answer.ts';
import { openBenchCloud } from './open-bench-cloud.ts';
import { readPeakMemory } from './peak-memory.ts';
import { describeSpread, median } from './statistics.ts';

interface Sample {
  /** From the start of the process to the end of the first answer. */
  readonly ms: number;
  /** Most memory that the process ever held, in MB; NaN where the system does not tell. */
  readonly mb: number;
}

interface Contestant {
  readonly name: string;
  readonly against?: { readonly name: string; readonly limit: number };
  run(): Promise<Sample>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const builtDir = `${root}dist/functions`;
const emptyEvent = 'empty event function';
const emptyRequest = 'empty HTTP function';

/** From the start of a fresh process to its first answer, and its peak memory: the built functions against empty ones, in turn. */
export const coldStart: Bench = async ({ quick, onProgress }) => {
  await buildFunctions({ root, outDir: builtDir });
  // Tasks are put two minutes ahead and taken away after each run: none may start while another process is measured.
  const timing = { bucketSeconds: 1, settleSeconds: 120 };
  const cloud = await openBenchCloud({
    services: 2,
    isGranted: () => true,
    deploy: { builtDir, settings: { timing } },
  });
  const { sandbox, estate, deployment } = cloud;
  const { projectId } = estate;
  const [service] = estate.services;
  const body = JSON.stringify({ project: projectId, reason: 'event', eventId: 'bench' });
  const task: Message = { headers: { 'content-type': 'application/json' }, body };

  const deployed = (name: 'audit-event' | 'reconcile', message: () => Message) => async () => {
    const { port, kill } = deployment.function(name);
    await kill();
    const restarted = async () => {
      await deployment.restart(name);
      return deployment.function(name);
    };
    const sample = await measure(port, message(), restarted);
    for (const task of sandbox.cloud.tasks.tasks.keys()) sandbox.cloud.tasks.remove(task);
    return sample;
  };
  const contestants: readonly Contestant[] = [
    { name: emptyEvent, run: () => runEmpty('cloudevent', buildIgnoredEvent(projectId, service)) },
    {
      name: 'audit-event, event accepted',
      against: { name: emptyEvent, limit: 1.3 },
      run: deployed('audit-event', () => buildStartingEvent(projectId, service)),
    },
    {
      name: 'audit-event, event ignored',
      against: { name: emptyEvent, limit: 1.3 },
      run: deployed('audit-event', () => buildIgnoredEvent(projectId, service)),
    },
    { name: emptyRequest, run: () => runEmpty('http', task) },
    {
      name: 'reconcile, 2 services, nothing to do',
      against: { name: emptyRequest, limit: 2 },
      run: deployed('reconcile', () => task),
    },
  ];
  try {
    return compare(await takeTurns(contestants, quick ? 7 : 15, onProgress), contestants);
  } finally {
    await cloud.stop();
  }
};

async function runEmpty(signatureType: 'cloudevent' | 'http', message: Message): Promise<Sample> {
  const port = await findFreePort();
  const target = signatureType === 'http' ? 'empty-request' : 'empty-event';
  const sourceFile = `${root}bench/empty-function.mjs`;
  let running: RunningFunction | undefined;
  const sample = await measure(port, message, async () => {
    running = await startFunction({ target, sourceFile, signatureType, port });
    return running;
  });
  await running?.kill();
  return sample;
}

async function measure(port: number, message: Message, start: () => Promise<RunningFunction>): Promise<Sample> {
  const began = performance.now();
  const [{ pid }, ended] = await Promise.all([start(), firstAnswer(port, message)]);
  return { ms: ended - began, mb: await readPeakMemory(pid) };
}

/** A B C A B C …, after one round that warms disk and sandbox and does not count. */
async function takeTurns(
  contestants: readonly Contestant[],
  rounds: number,
  onProgress?: (text: string) => void,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map(contestants.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 0; round <= rounds; round++) {
    onProgress?.(`cold start: round ${round} of ${rounds}`);
    for (const { name, run } of contestants) {
      const sample = await run();
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  return samples;
}

function compare(samples: ReadonlyMap<string, readonly Sample[]>, contestants: readonly Contestant[]): Figure[] {
  return contestants.flatMap(({ name, against }) => {
    const [own = [], yardstick = []] = [samples.get(name), samples.get(against?.name ?? '')];
    if (!against) return [];
    return [
      judge(`${name}: time`, against.limit, pick(own, 'ms'), pick(yardstick, 'ms'), 'ms'),
      judge(`${name}: peak memory`, against.limit, pick(own, 'mb'), pick(yardstick, 'mb'), 'MB'),
    ];
  });
}

function pick(samples: readonly Sample[], field: keyof Sample): number[] {
  return samples.map((sample) => sample[field]);
}

/** The ratio is the median of each round's own ratio: what else the machine does meanwhile slows both. */
function judge(
  what: string,
  limit: number,
  own: readonly number[],
  yardstick: readonly number[],
  unit: string,
): Figure {
  const target = `<= ${limit.toFixed(1)}x an empty function`;
  if (own.some(Number.isNaN)) return { what, figure: 'not told by this system', target, ok: true };
  const ratio = median(own.map((value, round) => value / (yardstick[round] ?? Number.NaN)));
  const best = (Math.min(...own) / Math.min(...yardstick)).toFixed(2);
  return {
    what,
    figure: `${ratio.toFixed(2)}x (${median(own).toFixed(0)} against ${median(yardstick).toFixed(0)} ${unit})`,
    target,
    ok: ratio <= limit,
    note: `medians of ${describeSpread(own, unit)}; empty: ${describeSpread(yardstick, unit)}; best against best ${best}x`,
  };
}
