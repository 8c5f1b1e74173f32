import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeExport } from './export-scan/write-export.ts';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { describeSpread, median } from './statistics.ts';

interface Measure {
  readonly ms: number;
  /** Of all threads, in user and system mode. */
  readonly cpuMs: number;
  readonly peakMb: number;
}

/**
 * `scan --export` against DESIGN 11: the reader's time as a ratio to `JSON.parse` of each line of the same file in the same
 * run (taking turns, each measure in a process of its own), and the peak memory of a process that does nothing else.
 */
export const exportScan: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  try {
    const lines = options.quick ? 200_000 : 1_000_000;
    const services = options.quick ? 20_000 : 100_000;
    const sparse = join(folder, 'sparse.ndjson');
    const dense = join(folder, 'dense.ndjson');
    await writeExport(sparse, { lines, services: lines / 200 });
    await writeExport(dense, { lines: services * 2, services });
    return [
      ...(await measureFile(sparse, `${lines} lines, 1 % relevant`, { ratio: 0.15, megabytes: 300 }, options)),
      ...(await measureFile(dense, `${services} services, 100 % relevant`, { ratio: 1.3, megabytes: 600 }, options)),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function measureFile(
  file: string,
  what: string,
  target: { readonly ratio: number; readonly megabytes: number },
  { quick, onProgress }: BenchOptions,
): Promise<readonly Figure[]> {
  const pairs: { readonly parse: Measure; readonly read: Measure }[] = [];
  for (let pair = 0; pair < (quick ? 3 : 5); pair += 1) {
    onProgress?.(`export of ${what}, pair ${pair + 1}`);
    pairs.push({ parse: await measure('parse', file), read: await measure('read', file) });
  }
  const ratios = pairs.map(({ parse, read }) => read.ms / parse.ms);
  const cpuRatio = median(pairs.map(({ parse, read }) => read.cpuMs / parse.cpuMs));
  const peak = median(pairs.map(({ read }) => read.peakMb));
  return [
    {
      what: `scan --export, ${what}: time`,
      figure: `${median(ratios).toFixed(2)} x JSON.parse`,
      target: `<= ${target.ratio} x`,
      ok: median(ratios) <= target.ratio,
      note: `${describeSpread(ratios, 'x')}; processor time ${cpuRatio.toFixed(2)} x; ${median(pairs.map(({ read }) => read.ms)).toFixed(0)} ms`,
    },
    {
      what: `scan --export, ${what}: peak memory`,
      figure: `${peak.toFixed(0)} MB`,
      target: `< ${target.megabytes} MB`,
      ok: peak < target.megabytes,
    },
  ];
}

const measureScript = fileURLToPath(new URL('./export-scan/measure.ts', import.meta.url));

async function measure(what: 'parse' | 'read', file: string): Promise<Measure> {
  const { stdout } = await promisify(execFile)(process.execPath, [measureScript, what, file]);
  return JSON.parse(stdout);
}

if (import.meta.main) {
  const figures = await exportScan({
    quick: process.argv.includes('--quick'),
    onProgress: (text) => console.error(text),
  });
  console.table(figures);
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
}
