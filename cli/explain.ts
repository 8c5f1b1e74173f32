import { Command, Option } from 'commander';
import { evaluate } from '../functions/core/evaluate.ts';
import { explainService, type ServiceExplanation } from '../functions/core/explain-service.ts';
import type { RunService } from '../functions/core/inventory.ts';
import { TerminalError } from '../functions/errors.ts';
import { renderExplanation } from '../functions/reports/explain-table.ts';
import { exitCodes } from './exit-codes.ts';
import { collect, collectProjects, ledgerOption, settingsOption, withExamples } from './options.ts';
import { outputStyle } from './output-style.ts';
import { readEstate } from './read-estate.ts';

interface ExplainOptions {
  readonly export?: readonly string[];
  readonly project?: readonly string[];
  readonly region?: string;
  readonly format: 'table' | 'json';
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport explain`: every way to a service, door by door, and the command that opens the shut one. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('every way to a Cloud Run service, door by door: who may pass, and what opens the one that is shut')
    .argument('<service>', 'name, or full resource name, of a Cloud Run service')
    .option('--export <path>', 'asset export: file, folder, .gz, or - for standard input; repeatable', collect)
    .option('--project <id>', 'project to read live; repeatable', collectProjects)
    .option('--region <region>', 'only this region')
    .addOption(new Option('--format <format>', 'how the answer is written').choices(['table', 'json']).default('table'))
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(explain);
  return withExamples(
    command,
    'sallyport explain shop --project acme-prod',
    'sallyport explain shop --region europe-west1 --export assets/',
  );
}

async function explain(service: string, options: ExplainOptions): Promise<void> {
  const { inventory, settings, rejected } = await readEstate(options);
  const evaluation = evaluate(inventory, { settings, rejectedClientIds: rejected, now: Date.now() });
  const found = [...inventory.services.values()].filter((one) => isMeant(one, service, options.region));
  if (found.length === 0) {
    const known = [...new Set([...inventory.services.values()].map((one) => one.service))].sort().slice(0, 20);
    throw new TerminalError('bad-usage', `There is no service ${service} in what was read.`, {
      hint:
        known.length > 0 ? `Services there: ${known.join(', ')}.` : 'What was read holds no Cloud Run service at all.',
    });
  }
  const explained = found.map((one) => explainService(one, inventory, evaluation, settings));
  process.stdout.write(
    options.format === 'json'
      ? `${JSON.stringify({ schema: 'sallyport.explain/v1', services: explained }, null, 2)}\n`
      : renderExplanation(explained, outputStyle()),
  );
  process.exitCode = exitCodeOf(explained);
}

function isMeant(one: RunService, asked: string, region: string | undefined): boolean {
  return (one.name === asked || one.service === asked) && (region === undefined || one.region === region);
}

function exitCodeOf(explained: readonly ServiceExplanation[]): number {
  const states = explained.flatMap(({ ways }) => ways.flatMap(({ doors }) => doors.map(({ state }) => state)));
  if (states.includes('shut') || states.includes('unguarded')) return exitCodes.findings;
  return states.includes('unknown') ? exitCodes.unreadable : exitCodes.clean;
}
