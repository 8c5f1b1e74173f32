import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { burst } from './burst.ts';
import { calls } from './calls.ts';
import { coldStart } from './cold-start.ts';
import { exportScan } from './export-scan.ts';
import type { Bench, Figure } from './figure.ts';
import { fix1000 } from './fix-1000.ts';
import { latency } from './latency.ts';

/**
 * `npm run bench [-- name…] [-- --quick] [-- --report]`: the benches one after another, then one table. Exit code 1 on a
 * miss, unless `--report`; 2 on wrong usage. Nothing that it starts outlives it.
 */
const benches: Readonly<Record<string, Bench>> = {
  cold: coldStart,
  calls,
  latency,
  burst,
  export: exportScan,
  fix: fix1000,
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, report: { type: 'boolean', default: false } },
  });
  const unknown = positionals.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(`No bench is called ${unknown.join(', ')}. There are ${Object.keys(benches).join(', ')}.`);
    return 2;
  }
  const began = performance.now();
  const names = positionals.length > 0 ? positionals : Object.keys(benches);
  const figures: Figure[] = [];
  for (const name of names) figures.push(...(await runBench(name, values.quick)));
  console.log(print(figures));
  const missed = figures.filter(({ ok }) => !ok).length;
  const took = `${((performance.now() - began) / 1000).toFixed(0)} s on ${availableParallelism()} cores, Node ${process.versions.node}`;
  console.log(
    `${figures.length} figures, ${missed} missed; ${took}. Ratios and counts of this one run: machines differ.`,
  );
  return missed > 0 && !values.report ? 1 : 0;
}

/** A bench that cannot run is a figure that was missed: the others still have their say. */
async function runBench(name: string, quick: boolean): Promise<readonly Figure[]> {
  const bench = benches[name];
  if (!bench) return [];
  try {
    return await bench({ quick, onProgress: (text) => console.error(text) });
  } catch (error) {
    console.error(error);
    return [{ what: name, figure: 'did not run', target: '', ok: false, note: String(error).split('\n')[0] ?? '' }];
  }
}

/** A line a figure, and below it how far its runs are apart. */
function print(figures: readonly Figure[]): string {
  const width = (text: (figure: Figure) => string) => Math.max(...figures.map((figure) => text(figure).length));
  const whatWidth = width(({ what }) => what);
  const figureWidth = width(({ figure }) => figure);
  return figures
    .flatMap(({ what, figure, target, ok, note }) => [
      `${ok ? pc.green('ok  ') : pc.red('MISS')}  ${what.padEnd(whatWidth)}  ${pc.bold(figure.padEnd(figureWidth))}  ${target}`,
      ...(note ? [pc.dim(`        ${note}`)] : []),
    ])
    .join('\n');
}
