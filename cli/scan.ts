import { Command, Option } from 'commander';
import type { Settings } from '../functions/config.ts';
import { withActors } from '../functions/core/attribution/with-actors.ts';
import { type Evaluation, evaluate } from '../functions/core/evaluate.ts';
import type { Severity } from '../functions/core/finding.ts';
import type { Inventory } from '../functions/core/inventory.ts';
import {
  daysLeft,
  describeExemption,
  reviewExemptions,
  tellDays,
} from '../functions/core/settings/review-exemptions.ts';
import { renderScanCsv } from '../functions/reports/scan-csv.ts';
import { buildScanReport, type ScanReport } from '../functions/reports/scan-report.ts';
import { renderScanTable } from '../functions/reports/scan-table.ts';
import { escapeTerminal } from '../functions/reports/terminal-text.ts';
import { exitCodeOf } from './exit-codes.ts';
import { collect, collectProjects, ledgerOption, settingsOption, severities, withExamples } from './options.ts';
import { outputStyle } from './output-style.ts';
import { readEstate } from './read-estate.ts';

interface ScanOptions {
  readonly export?: readonly string[];
  readonly project?: readonly string[];
  readonly format: 'table' | 'json' | 'csv';
  readonly failOn: Severity;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport scan`: what is wrong, from live APIs or from asset exports; writes nothing. */
export function scanCommand(): Command {
  const command = new Command('scan')
    .description('find what is wrong, live or in asset exports; writes nothing')
    .option('--export <path>', 'asset export: file, folder, .gz, or - for standard input; repeatable', collect)
    .option('--project <id>', 'project to scan live; repeatable', collectProjects)
    .addOption(
      new Option('--format <format>', 'how the answer is written').choices(['table', 'json', 'csv']).default('table'),
    )
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
  const { inventory, settings, rejected, memory, actors } = await readEstate(options);
  const remembered = memory ? { memory } : {};
  const evaluation = evaluate(inventory, { settings, rejectedClientIds: rejected, now: Date.now(), ...remembered });
  const report = buildScanReport(inventory, {
    ...evaluation,
    findings: withActors(evaluation.findings, actors),
  });
  process.stdout.write(render(report, options.format));
  tellOfExemptions(settings, evaluation, inventory);
  const { findings, unreadable } = report;
  process.exitCode = exitCodeOf({ findings, unreadable: unreadable.length }, options.failOn);
}

/** Beside the answer, so that pipes stay as they are. */
function tellOfExemptions({ exemptions }: Settings, evaluation: Evaluation, { projects }: Inventory): void {
  const now = Date.now();
  const { ending, unused } = reviewExemptions({ exemptions, evaluation, projects: [...projects.keys()], now });
  const tell = (text: string): void => {
    process.stderr.write(`sallyport: ${escapeTerminal(text)}\n`);
  };
  for (const one of ending) tell(`an exemption ends in ${tellDays(daysLeft(one, now))}: ${describeExemption(one)}`);
  for (const one of unused) tell(`an exemption matches nothing any more, take it out: ${describeExemption(one)}`);
}

function render(report: ScanReport, format: ScanOptions['format']): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'csv':
      return renderScanCsv(report);
    case 'table':
      return renderScanTable(report, outputStyle());
  }
}
