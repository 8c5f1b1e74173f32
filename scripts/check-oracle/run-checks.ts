import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findPaths } from '../../test/oracle/access-paths.ts';
import { type ComparableReport, compareReports } from '../../test/oracle/compare.ts';
import { countSituations, createHistogram, type Histogram } from '../../test/oracle/histogram.ts';
import type { ExportFile, OracleReport } from '../../test/oracle/oracle-types.ts';
import { type RandomEstate, randomEstate } from '../../test/oracle/random-estate.ts';
import { readEstate } from '../../test/oracle/read-estate.ts';
import { scanOracle } from '../../test/oracle/scan-oracle.ts';
import { expectedExitCode, scanCli } from './scan-cli.ts';
import { scanProduct, toProductSettings } from './scan-product.ts';

export interface OracleDifference {
  readonly seed: number;
  /** Folder with the estate's files, `sallyport.yaml` and both answers; it stays. */
  readonly folder: string;
  readonly differences: readonly string[];
}

export interface OracleChecks {
  readonly histogram: Histogram;
  /** In the order of their seeds; ends with the first unless all were asked for. */
  readonly differing: readonly OracleDifference[];
}

export interface OracleCheckOptions {
  readonly runs: number;
  /** Seed of the first estate; the others follow. */
  readonly seed: number;
  readonly keepGoing?: boolean;
}

/** Gives random estates to Sallyport and to the oracle, and compares what they say. */
export async function runOracleChecks({ runs, seed, keepGoing = false }: OracleCheckOptions): Promise<OracleChecks> {
  const histogram = createHistogram();
  const differing: OracleDifference[] = [];
  await inScratchFolder(async (folder) => {
    for (let i = seed; i < seed + runs; i++) {
      const estate = randomEstate(i);
      const paths = await writeEstate(estate, folder);
      const oracle = countedOracle(estate, paths, histogram);
      const product = await scanProduct(paths, estate.settings);
      const differences = compareReports(oracle, product);
      if (differences.length === 0) continue;
      differing.push(await keep(i, { estate, oracle, product, differences }));
      if (!keepGoing) break;
    }
  });
  return { histogram, differing };
}

/**
 * The same through the command line as people use it: a process for each estate, which is given the folder, each file, or
 * all lines on standard input, in turn. Exit codes are compared as well.
 */
export async function runCliChecks({ runs, seed }: OracleCheckOptions): Promise<readonly OracleDifference[]> {
  const differing: OracleDifference[] = [];
  await inScratchFolder(async (folder) => {
    for (let i = seed; i < seed + runs; i++) {
      const estate = randomEstate(i);
      const paths = await writeEstate(estate, join(folder, 'estate'));
      const text = estate.files.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join('');
      const stdin = { name: '-', lines: estate.files.flatMap(({ lines }) => lines) };
      const way = ways[(i - seed) % ways.length];
      const files = way === 'stdin' ? [stdin] : underPaths(estate.files, paths);
      const exports = way === 'folder' ? [join(folder, 'estate')] : way === 'stdin' ? ['-'] : paths;
      const oracle = scanOracle(files, estate.settings);
      const { report, exitCode } = await scanCli(exports, { settings: estate.settings, folder, input: text });
      const wanted = expectedExitCode(oracle);
      const differences = [
        ...compareReports(oracle, report),
        ...(exitCode === wanted ? [] : [`exit code: oracle ${wanted}, product ${exitCode}`]),
      ];
      if (differences.length > 0) differing.push(await keep(i, { estate, oracle, product: report, differences }));
    }
  });
  return differing;
}

const ways = ['folder', 'files', 'stdin'] as const;

interface Disagreement {
  readonly estate: RandomEstate;
  readonly oracle: OracleReport;
  readonly product: ComparableReport;
  readonly differences: readonly string[];
}

async function keep(seed: number, { estate, oracle, product, differences }: Disagreement): Promise<OracleDifference> {
  const folder = await mkdtemp(join(tmpdir(), `sallyport-oracle-seed-${seed}-`));
  await writeEstate(estate, folder);
  await writeFile(join(folder, 'sallyport.yaml'), JSON.stringify(toProductSettings(estate.settings), null, 2));
  await writeFile(join(folder, 'oracle.answer'), JSON.stringify(oracle, null, 2));
  await writeFile(join(folder, 'product.answer'), JSON.stringify(product, null, 2));
  return { seed, folder, differences };
}

async function inScratchFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oracle-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the files of an estate into an emptied folder; returns their paths in order. */
async function writeEstate({ files }: RandomEstate, folder: string): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, lines } of files) {
    const text = lines.map((line) => `${line}\n`).join('');
    await writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(text, { level: 1 }) : text);
  }
  return files.map(({ name }) => join(folder, name));
}

/** The oracle's answer, its situations counted. */
function countedOracle(random: RandomEstate, paths: readonly string[], histogram: Histogram): OracleReport {
  const files = underPaths(random.files, paths);
  const estate = readEstate(files);
  const report = scanOracle(files, random.settings);
  const seen = { files, settings: random.settings, estate, paths: findPaths(estate, random.settings), report };
  countSituations(histogram, seen);
  return report;
}

/** Malformed lines are reported under the path that the reader was given. */
function underPaths(files: readonly ExportFile[], paths: readonly string[]): readonly ExportFile[] {
  return files.map(({ lines, name }, i) => ({ name: paths[i] ?? name, lines }));
}
