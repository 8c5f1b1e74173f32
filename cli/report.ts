import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isFirestore } from '../functions/adapters/ledger/open-ledger.ts';
import type { Inventory } from '../functions/core/inventory.ts';
import { readScope } from '../functions/core/sweep/read-scope.ts';
import { TerminalError } from '../functions/errors.ts';
import { collectReport } from '../functions/reports/compliance/collect-report.ts';
import type { ComplianceReport } from '../functions/reports/compliance/compliance-report.ts';
import { dayText } from '../functions/reports/compliance/count-days.ts';
import { buildReportFiles } from '../functions/reports/compliance/report-files.ts';
import { exitCodeOf } from './exit-codes.ts';
import { assertInScope, openWorld } from './open-world.ts';
import { collect, collectProjects, ledgerOption, parseCount, settingsOption, withExamples } from './options.ts';
import { withProgress } from './progress.ts';
import { readEstate } from './read-estate.ts';

interface ReportOptions {
  readonly export?: readonly string[];
  readonly project?: readonly string[];
  readonly out?: string;
  readonly days: number;
  readonly settings?: string;
  readonly ledger: string;
}

const dayMs = 86_400_000;

/** `sallyport report`: the compliance report as files in a folder. */
export function reportCommand(): Command {
  const command = new Command('report')
    .description('write the compliance report (HTML, CSV, JSON, SHA-256 manifest) into a folder')
    .option('--project <id>', 'project to report on, read live; repeatable', collectProjects)
    .option('--export <path>', 'asset export instead: file, folder, .gz, or - for standard input; repeatable', collect)
    .option('--out <folder>', 'new or empty folder (default: sallyport-report-<day>)')
    .addOption(new Option('--days <count>', 'how far back the ledger is asked').argParser(parseDays).default(30))
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(report);
  return withExamples(
    command,
    'sallyport report --project acme-prod --project acme-shop',
    'sallyport report --export assets/ --out audit-2026',
  );
}

async function report(options: ReportOptions): Promise<void> {
  const out = options.out ?? `sallyport-report-${dayText(Date.now())}`;
  assertEmpty(out);
  const report = await makeReport(options);
  mkdirSync(out, { recursive: true });
  for (const { name, text } of buildReportFiles(report)) writeFileSync(join(out, name), text);
  const { accessPaths, compliantAccessPaths } = report.scan.summary;
  const gaps = report.scan.unreadable.length + report.unreadableProjects.length;
  process.stdout.write(
    `${join(out, 'report.html')}\n${compliantAccessPaths} of ${accessPaths} access paths compliant, ` +
      `${tell(report.scan.findings.length, 'finding')}, ${report.scan.exempt.length} exempt, ${gaps} unreadable\n`,
  );
  process.exitCode = exitCodeOf({ findings: report.scan.findings, unreadable: gaps }, 'high');
}

function tell(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

async function makeReport(options: ReportOptions): Promise<ComplianceReport> {
  const given = {
    id: `cli-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`,
    writtenBy: 'the command sallyport',
    periodMs: options.days * dayMs,
  };
  if (options.export?.length || !options.project?.length) {
    const { inventory, settings } = await readEstate(options);
    const world = await openWorld({ ...options, ledger: ':memory:' });
    const projects = [...inventory.projects.keys()].sort();
    const request = { ...given, projects, unreadableProjects: [], inventory, withHistory: false };
    return await collectReport(request, { ...world, settings }).finally(() => world.ledger.close());
  }
  const { project: projects } = options;
  const hasLedger = isFirestore(options.ledger) || existsSync(options.ledger);
  const world = await openWorld({ ...options, ledger: hasLedger ? options.ledger : ':memory:' });
  try {
    for (const project of projects) assertInScope(project, world.settings);
    const { inventory, memory, unreadableProjects } = await withProgress(`reading ${projects.join(', ')}`, () =>
      readScope(projects, world),
    );
    assertRead(inventory, unreadableProjects);
    return await collectReport(
      { ...given, projects, unreadableProjects, inventory, ...(memory ? { memory } : {}), withHistory: hasLedger },
      world,
    );
  } finally {
    await world.ledger.close();
  }
}

function assertRead(
  inventory: Inventory | undefined,
  unreadable: ComplianceReport['unreadableProjects'],
): asserts inventory is Inventory {
  if (inventory) return;
  const named = unreadable.map(({ project, code }) => `${project} (${code})`).join(', ');
  throw new TerminalError('read-failed', `No project could be read: ${named}.`, {
    hint: 'sallyport scan --project says what is missing.',
  });
}

/** A report is evidence: it is written over nothing. */
function assertEmpty(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new TerminalError('bad-usage', `${folder} is not empty; a report is written over nothing.`, {
    hint: 'Name another folder with --out.',
  });
}

function parseDays(value: string): number {
  const days = parseCount(value);
  if (days < 1 || days > 3650) throw new InvalidArgumentError('It takes 1 to 3650 days.');
  return days;
}
