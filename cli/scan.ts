import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { readExport } from '../functions/adapters/export-reader/read-export.ts';
import type { Settings } from '../functions/config.ts';
import { evaluate } from '../functions/core/evaluate.ts';
import { type Severity, severityRank } from '../functions/core/finding.ts';
import type { Inventory } from '../functions/core/inventory.ts';
import { mergeInventories } from '../functions/core/merge-inventories.ts';
import { TerminalError } from '../functions/errors.ts';
import { buildScanReport, type ScanReport } from '../functions/reports/scan-report.ts';
import { plainPalette, renderScanTable } from '../functions/reports/scan-table.ts';
import { exitCodes } from './exit-codes.ts';
import { assertInScope, openWorld, readSettings } from './open-world.ts';
import { collect, ledgerOption, settingsOption, severities, withExamples } from './options.ts';
import { withProgress } from './progress.ts';

interface ScanOptions {
  readonly export?: readonly string[];
  readonly project?: readonly string[];
  readonly format: 'table' | 'json';
  readonly failOn: Severity;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport scan`: what is wrong, from live APIs or from asset exports; writes nothing. */
export function scanCommand(): Command {
  const command = new Command('scan')
    .description('find what is wrong, live or in asset exports; writes nothing')
    .option('--export <path>', 'asset export: file, folder, .gz, or - for standard input; repeatable', collect)
    .option('--project <id>', 'project to scan live; repeatable', collect)
    .addOption(new Option('--format <format>', 'how the answer is written').choices(['table', 'json']).default('table'))
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 at findings of this severity or above')
        .choices(severities)
        .default('high'),
    )
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(scan);
  return withExamples(
    command,
    'sallyport scan --project acme-prod',
    'sallyport scan --export assets/ --format json > report.json',
    'zcat assets.ndjson.gz | sallyport scan --export -',
  );
}

async function scan(options: ScanOptions): Promise<void> {
  const { inventory, settings, rejected } = await read(options);
  const report = buildScanReport(inventory, evaluate(inventory, { settings, rejectedClientIds: rejected, now: Date.now() }));
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : render(report));
  process.exitCode = exitCodeOf(report, options.failOn);
}

interface Read {
  readonly inventory: Inventory;
  readonly settings: Settings;
  readonly rejected: ReadonlySet<string>;
}

async function read(options: ScanOptions): Promise<Read> {
  const { export: paths = [], project: projects = [] } = options;
  const [first, ...rest] = projects;
  if (paths.length > 0 === projects.length > 0) {
    throw new TerminalError('bad-usage', 'scan reads either asset exports or live projects.', {
      hint: 'Name --export PATH or --project ID, once or more.',
    });
  }
  if (first === undefined) {
    const settings = await readSettings(options.settings);
    return { settings, rejected: new Set(), inventory: await readExports(paths, settings) };
  }
  // A scan has nothing to remember: where there is no ledger yet, none is made.
  const world = await openWorld({ ...options, ledger: existsSync(options.ledger) ? options.ledger : ':memory:' });
  try {
    for (const project of projects) assertInScope(project, world.settings);
    const inventory = await withProgress(`reading ${projects.join(', ')}`, async () =>
      mergeInventories([
        await world.reader.readProject(first),
        ...(await Promise.all(rest.map((project) => world.reader.readProject(project)))),
      ]),
    );
    return { inventory, settings: world.settings, rejected: (await world.ledger.clientIds(Date.now())).rejected };
  } finally {
    await world.ledger.close();
  }
}

function readExports(paths: readonly string[], { urlMask }: Settings): Promise<Inventory> {
  return withProgress('reading asset exports', (report) =>
    readExport(paths, {
      urlMask,
      onProgress: ({ file, lines, bytes }) =>
        report(`${file}: ${lines.toLocaleString('en')} lines, ${Math.round(bytes / 1e6)} MB`),
    }),
  );
}

function render(report: ScanReport): string {
  const { bold, dim, red, yellow, green, cyan } = pc;
  const palette = pc.isColorSupported && process.stdout.isTTY ? { bold, dim, red, yellow, green, cyan } : plainPalette;
  return renderScanTable(report, { palette, ...(process.stdout.columns ? { columns: process.stdout.columns } : {}) });
}

function exitCodeOf({ unreadable, findings }: ScanReport, failOn: Severity): number {
  if (unreadable.length > 0) return exitCodes.unreadable;
  const fails = findings.some(({ severity }) => severityRank[severity] <= severityRank[failOn]);
  return fails ? exitCodes.findings : exitCodes.clean;
}
