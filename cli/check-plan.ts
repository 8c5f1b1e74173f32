import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readTerraformSource } from '../functions/adapters/terraform-source/read-terraform-source.ts';
import { type Severity, severityRank } from '../functions/core/finding.ts';
import { checkPlan } from '../functions/core/terraform-plan/check-plan.ts';
import { parsePlanFile } from '../functions/core/terraform-plan/parse-plan-file.ts';
import { openPlanView } from '../functions/core/terraform-plan/plan-view.ts';
import { indexTerraformSource } from '../functions/core/terraform-plan/terraform-source.ts';
import { TerminalError } from '../functions/errors.ts';
import { buildCheckPlanReport, type CheckPlanReport } from '../functions/reports/check-plan-report.ts';
import { buildCheckPlanSarif } from '../functions/reports/check-plan-sarif.ts';
import { renderCheckPlanTable } from '../functions/reports/check-plan-table.ts';
import { exitCodes } from './exit-codes.ts';
import { readSettings } from './open-world.ts';
import { settingsOption, severities, withExamples } from './options.ts';
import { outputStyle } from './output-style.ts';

interface CheckPlanOptions {
  readonly source?: string;
  readonly project?: string;
  readonly projectNumber?: ReadonlyMap<string, string>;
  readonly format: 'table' | 'json' | 'sarif';
  readonly failOn: Severity;
  readonly settings?: string;
}

/** `sallyport check-plan`: which doors a Terraform plan would shut, by-pass or open to everybody; reads files only. */
export function checkPlanCommand(): Command {
  const command = new Command('check-plan')
    .description('find the doors that a Terraform plan would shut, by-pass or open to everybody; asks no cloud')
    .argument('<plan.json>', 'output of terraform show -json PLAN; - for standard input')
    .option(
      '--source <folder>',
      'folder of the root module, for file and line and for what a plan leaves out (default: .)',
    )
    .option('--project <id>', 'project of resources that name none (default: what the provider block says)')
    .option('--project-number <id=number>', 'number of a project that the plan does not tell; repeatable', addNumber)
    .addOption(
      new Option('--format <format>', 'how the answer is written').choices(['table', 'json', 'sarif']).default('table'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 at findings of this severity or above')
        .choices(severities)
        .default('high'),
    )
    .addOption(settingsOption())
    .action(runCheckPlan);
  return withExamples(
    command,
    'terraform plan -out=plan.bin && terraform show -json plan.bin > plan.json',
    'sallyport check-plan plan.json',
    'sallyport check-plan plan.json --format sarif > sallyport.sarif',
  );
}

async function runCheckPlan(path: string, options: CheckPlanOptions): Promise<void> {
  const settings = await readSettings(options.settings);
  const file = path === '-' ? 'standard input' : path;
  const plan = parsePlanFile(await readJson(path, file), file);
  const folder = await openSource(options.source);
  const source = indexTerraformSource(await readTerraformSource(folder, plan.root, process.cwd()));
  const view = openPlanView({
    plan,
    source,
    givenNumbers: options.projectNumber ?? new Map(),
    ...(options.project === undefined ? {} : { defaultProject: options.project }),
  });
  const report = buildCheckPlanReport(checkPlan(view, { settings, file, now: Date.now() }), file);
  const fallbackFile = source.rootFile ?? (options.settings ? basename(options.settings) : 'sallyport.yaml');
  process.stdout.write(render(report, options.format, fallbackFile));
  process.exitCode = exitCodeOf(report, options.failOn);
}

async function readJson(path: string, shown: string): Promise<unknown> {
  const text = await (path === '-' ? readText(process.stdin) : readFile(path, 'utf8')).catch((cause: unknown) => {
    throw new TerminalError('bad-usage', `${shown} cannot be read.`, { hint: 'Name the JSON of a plan.', cause });
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const why = text.startsWith('PK') ? 'it is the binary plan' : 'it is not one JSON document';
    throw new TerminalError('bad-usage', `${shown} is no Terraform plan in JSON: ${why}.`, {
      hint: 'terraform plan -out=plan.bin && terraform show -json plan.bin > plan.json',
      cause,
    });
  }
}

/** A folder that was asked for must be there; the current one may have nothing to do with the plan. */
async function openSource(folder: string | undefined): Promise<string> {
  if (folder === undefined) return '.';
  if (existsSync(folder) && (await stat(folder)).isDirectory()) return folder;
  throw new TerminalError('bad-usage', `--source ${folder} is no folder.`, {
    hint: 'Name the folder of the root module.',
  });
}

function render(report: CheckPlanReport, format: CheckPlanOptions['format'], fallbackFile: string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(buildCheckPlanSarif(report, { version: '0.1.0', fallbackFile }), null, 2)}\n`;
    case 'table':
      return renderCheckPlanTable(report, outputStyle());
  }
}

function exitCodeOf({ unknown, findings }: CheckPlanReport, failOn: Severity): number {
  if (unknown.length > 0) return exitCodes.unreadable;
  const fails = findings.some(({ severity }) => severityRank[severity] <= severityRank[failOn]);
  return fails ? exitCodes.findings : exitCodes.clean;
}

function addNumber(value: string, all: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, project, number] = /^([^=]+)=(\d+)$/.exec(value) ?? [];
  if (!project || !number) throw new InvalidArgumentError('It takes PROJECT_ID=NUMBER.');
  return new Map([...(all ?? []), [project, number]]);
}
