/**
 * `scan --export` against the budgets of DESIGN 11: reader time as a ratio to `JSON.parse` of each line of the same file in
 * the same run (alternating, medians), and the peak memory of a process that does nothing else. `--quick`: a tenth.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeExport } from './export-scan/write-export.ts';

interface Figure {
  readonly what: string;
  readonly figure: number;
  readonly target: number;
  readonly unit: '' | ' MB';
}

const quick = process.argv.includes('--quick');
const lines = quick ? 100_000 : 1_000_000;
const dense = quick ? 20_000 : 100_000;
const measure = fileURLToPath(new URL('./export-scan/measure.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));

try {
  const sparseFile = join(folder, 'sparse.ndjson');
  const denseFile = join(folder, 'dense.ndjson');
  const sparseBytes = await writeExport(sparseFile, { lines, services: lines / 200 });
  const denseBytes = await writeExport(denseFile, { lines: dense * 2, services: dense });
  console.log(
    `${lines} lines (${size(sparseBytes)}) at 1 %, ${dense * 2} lines (${size(denseBytes)}) at 100 % relevant`,
  );

  const figures: readonly Figure[] = [
    { what: 'time at 1 % relevant, x JSON.parse', figure: ratio(sparseFile), target: 0.15, unit: '' },
    { what: 'time at 100 % relevant, x JSON.parse', figure: ratio(denseFile), target: 1.3, unit: '' },
    { what: `peak memory, ${lines} lines at 1 %`, figure: peak(sparseFile), target: 300, unit: ' MB' },
    { what: `peak memory, ${dense} services`, figure: peak(denseFile), target: 600, unit: ' MB' },
  ];
  console.table(
    Object.fromEntries(
      figures.map(({ what, figure, target, unit }) => [
        what,
        {
          figure: `${figure.toFixed(unit === '' ? 2 : 0)}${unit}`,
          target: `<= ${target}${unit}`,
          result: figure <= target ? 'pass' : 'FAIL',
        },
      ]),
    ),
  );
  if (figures.some(({ figure, target }) => figure > target)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Median of three, each measure in a process of its own, so that neither finds the other's memory or compiled code. */
function ratio(file: string): number {
  const ratios = [1, 2, 3].map(() => {
    const parse = run('parse', file);
    return run('read', file).ms / parse.ms;
  });
  return ratios.sort((a, b) => a - b)[1] ?? Number.NaN;
}

function peak(file: string): number {
  return run('read', file).peakMb;
}

function run(what: 'parse' | 'read', file: string): { readonly ms: number; readonly peakMb: number } {
  return JSON.parse(execFileSync(process.execPath, [measure, what, file], { encoding: 'utf8' }));
}

function size(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
