import type { Figure } from '../figure.ts';
import { describeSpread, median } from '../statistics.ts';
import type { Contestant, Sample } from './contestant.ts';

/** Each contestant that is held against another, by time and by memory. */
export function compare(
  samples: ReadonlyMap<string, readonly Sample[]>,
  contestants: readonly Contestant[],
): readonly Figure[] {
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
  limit: number | undefined,
  own: readonly number[],
  yardstick: readonly number[],
  unit: string,
): Figure {
  const target = limit === undefined ? 'no budget' : `<= ${limit.toFixed(1)}x an empty function`;
  if (own.some(Number.isNaN)) return { what, figure: 'not told by this system', target, ok: true };
  const ratio = median(own.map((value, round) => value / (yardstick[round] ?? Number.NaN)));
  const best = (Math.min(...own) / Math.min(...yardstick)).toFixed(2);
  return {
    what,
    figure: `${ratio.toFixed(2)}x (${median(own).toFixed(0)} against ${median(yardstick).toFixed(0)} ${unit})`,
    target,
    ok: limit === undefined || ratio <= limit,
    note: `medians of ${describeSpread(own, unit)}; empty: ${describeSpread(yardstick, unit)}; best against best ${best}x`,
  };
}
