import { buildRandom } from '../sandbox/random.ts';
import { type BurstEvent, burstTiming, playBurst } from './burst/play-burst.ts';
import type { Bench, Figure } from './figure.ts';

const projects = Array.from({ length: 10 }, (_, index) => `shop-${index}`);
const noon = Date.UTC(2026, 10, 23, 12);
const bound = burstTiming.settleSeconds + burstTiming.bucketSeconds + 5;

/**
 * A thousand events on ten projects, in virtual time, on instances whose clocks are up to 1.5 s wrong: how many reconciles
 * they become, and how long the last event waits for the start of one (what comes after that is the bench `latency`).
 */
export const burst: Bench = async ({ onProgress }) => {
  const figures: Figure[] = [];
  for (const { seconds, most } of [
    { seconds: 3, most: 20 },
    { seconds: 90, most: 40 },
  ]) {
    onProgress?.(`burst: 1,000 events over ${seconds} s`);
    const { runs, missed, longestWait } = await playBurst(scatter(seconds));
    figures.push(
      {
        what: `burst of 1,000 events over ${seconds} s on 10 projects`,
        figure: `${runs.length} reconciles, ${missed.length} events missed`,
        target: `<= ${most} reconciles, 0 missed`,
        ok: runs.length <= most && missed.length === 0,
      },
      {
        what: `  last event -> reconcile, over ${seconds} s`,
        figure: `${(longestWait / 1000).toFixed(1)} s`,
        target: `<= settle + bucket + 5 s = ${bound} s`,
        ok: longestWait <= bound * 1000,
      },
    );
  }
  onProgress?.('burst: one event a second for 10 minutes');
  const steady = Array.from({ length: 600 }, (_, index) => ({ project: 'shop-0', at: noon + index * 1000, skew: 0 }));
  const times = (await playBurst(steady)).runs.map(({ at }) => at);
  const gaps = times.map((at, index) => at - (times[index - 1] ?? noon));
  const longest = Math.max(...gaps) / 1000;
  figures.push({
    what: 'one event a second for 10 minutes',
    figure: `a reconcile every ${longest} s at the longest`,
    target: '<= 150 s',
    ok: longest <= 150,
  });
  return figures;
};

function scatter(seconds: number): readonly BurstEvent[] {
  const random = buildRandom(seconds);
  return Array.from({ length: 1000 }, (_, index) => ({
    project: projects[index % projects.length] ?? '',
    at: noon + 20_000 + Math.floor(random() * seconds * 1000),
    skew: Math.floor(random() * 3000) - 1500,
  }));
}
