import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findPaths } from '../../test/oracle/access-paths.ts';
import { compareReports } from '../../test/oracle/compare.ts';
import { countSituations, createHistogram, type Histogram } from '../../test/oracle/histogram.ts';
import type { ExportFile } from '../../test/oracle/oracle-types.ts';
import { type RandomEstate, randomEstate } from '../../test/oracle/random-estate.ts';
import { readEstate } from '../../test/oracle/read-estate.ts';
import { scanOracle } from '../../test/oracle/scan-oracle.ts';
import { scanProduct, toProductSettings } from './scan-product.ts';

export interface OracleDifference {
  readonly seed: number;
  /** Folder with the estate's files, `sallyport.yaml` and both answers. */
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
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oracle-'));
  const histogram = createHistogram();
  const differing: OracleDifference[] = [];
  try {
    for (let i = seed; i < seed + runs; i++) {
      const estate = randomEstate(i);
      const paths = await writeEstate(estate, join(folder, 'estate'));
      const oracle = countedOracle(estate, paths, histogram);
      const product = await scanProduct(paths, estate.settings);
      const differences = compareReports(oracle, product);
      if (differences.length > 0) {
        const kept = await mkdtemp(join(tmpdir(), `sallyport-oracle-seed-${i}-`));
        await writeEstate(estate, kept);
        await writeFile(join(kept, 'sallyport.yaml'), JSON.stringify(toProductSettings(estate.settings), null, 2));
        await writeFile(join(kept, 'oracle.answer'), JSON.stringify(oracle, null, 2));
        await writeFile(join(kept, 'product.answer'), JSON.stringify(product, null, 2));
        differing.push({ seed: i, folder: kept, differences });
        if (!keepGoing) break;
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { histogram, differing };
}

/** Writes the files of an estate into an emptied folder; returns their paths in order. */
export async function writeEstate({ files }: RandomEstate, folder: string): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, lines } of files) {
    const text = lines.map((line) => `${line}\n`).join('');
    await writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(text, { level: 1 }) : text);
  }
  return files.map(({ name }) => join(folder, name));
}

/** The oracle's answer; malformed lines are reported under the path that the reader was given. */
export function askOracle({ files, settings }: RandomEstate, paths: readonly string[]) {
  return scanOracle(underPaths(files, paths), settings);
}

function countedOracle(random: RandomEstate, paths: readonly string[], histogram: Histogram) {
  const files = underPaths(random.files, paths);
  const estate = readEstate(files);
  const report = scanOracle(files, random.settings);
  const seen = { files, settings: random.settings, estate, paths: findPaths(estate, random.settings), report };
  countSituations(histogram, seen);
  return report;
}

function underPaths(files: readonly ExportFile[], paths: readonly string[]): readonly ExportFile[] {
  return files.map(({ lines, name }, i) => ({ name: paths[i] ?? name, lines }));
}
