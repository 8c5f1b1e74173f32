import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import pc from 'picocolors';
import { fixInPasses } from '../functions/core/fix-in-passes.ts';
import type { Plan } from '../functions/core/plan/plan.ts';
import { reconcile } from '../functions/core/reconcile.ts';
import type { ReconcileResult } from '../functions/core/run.ts';
import type { World } from '../functions/core/world.ts';
import { TerminalError } from '../functions/errors.ts';
import { findAccountEmail } from './account-email.ts';
import { exitCodes } from './exit-codes.ts';
import { assertInScope, openWorld } from './open-world.ts';
import { ledgerOption, parseCount, parseProject, settingsOption, withExamples } from './options.ts';
import { printChange, printHandBack, printLeft, printPlan, printRefused } from './print-plan.ts';
import { createStretches } from './progress.ts';
import { buildRunId } from './run-id.ts';

interface FixOptions {
  readonly project: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly maxChanges?: number;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport fix`: shows what would be changed, asks, and changes it. */
export function fixCommand(): Command {
  const command = new Command('fix')
    .description('plan what is missing in a project, ask, and make it so')
    .requiredOption('--project <id>', 'project to fix, live', parseProject)
    .option('-y, --yes', 'do not ask; the limits of the settings hold')
    .option('--dry-run', 'show the plan and write nothing')
    .option('--max-changes <count>', 'with --yes: allow this many changes instead of limits.changesPerRun', parseCount)
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(fix);
  return withExamples(command, 'sallyport fix --project acme-prod --dry-run', 'sallyport fix --project acme-prod');
}

async function fix(options: FixOptions): Promise<void> {
  if (!options.yes && !options.dryRun && !process.stdin.isTTY) {
    throw new TerminalError('bad-usage', 'fix asks before it writes, and there is no terminal to ask on.', {
      hint: 'Add --yes to write without being asked, or --dry-run to look.',
    });
  }
  // Before the sandbox, where there is one, takes every login out of this process.
  const by = findAccountEmail();
  const world = await openWorld(options);
  try {
    assertInScope(options.project, world.settings);
    const result = await run(options, by, world);
    report(result, options);
    process.exitCode = exitCodeOf(result, options);
  } finally {
    await world.ledger.close();
  }
}

/** A person who sees the list and says yes has confirmed every name on it; `--yes` has seen nothing, so limits hold. */
async function run(options: FixOptions, by: string | undefined, world: World): Promise<ReconcileResult> {
  const asks = !options.yes && !options.dryRun;
  const maxChanges = asks || options.dryRun ? Number.POSITIVE_INFINITY : options.maxChanges;
  const who = by === undefined ? {} : { by };
  const key = { project: options.project, reason: 'manual', runId: buildRunId('fix'), ...who } as const;
  // The plan is shown and asked about outside the progress display: one of them owns the terminal at a time.
  const progress = createStretches();
  const passes = {
    modes: ['enforce', 'approve'] as const,
    ...(asks ? { confirmsContested: true } : {}),
    ...(maxChanges === undefined ? {} : { maxChanges }),
    confirm: async (plan: Plan) => {
      await progress.end();
      const isConfirmed = await confirm(plan, options);
      progress.begin('applying');
      return isConfirmed;
    },
    onPass: async ({ changes, refusedClientIds }: ReconcileResult) => {
      await progress.end();
      for (const change of changes) process.stdout.write(`${printChange(change)}\n`);
      for (const id of refusedClientIds) process.stdout.write(`${printRefused(id)}\n`);
      progress.begin(`looking at ${options.project} again`);
    },
  };
  progress.begin(`reading ${options.project}`);
  try {
    // A dry run makes no grants, so that a second look would show the same as the first.
    return await (options.dryRun ? reconcile(key, world, passes) : fixInPasses(key, world, passes));
  } finally {
    await progress.end();
  }
}

async function confirm(plan: Plan, { yes, dryRun }: FixOptions): Promise<boolean> {
  process.stdout.write(`${printPlan(plan)}\n`);
  if (dryRun) return false;
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `Make ${plan.changes.length === 1 ? 'this change' : `these ${plan.changes.length} changes`}? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function report({ changes, left, unreadable, findings }: ReconcileResult, { project, dryRun }: FixOptions): void {
  for (const one of left) process.stdout.write(`${printLeft(one)}\n`);
  for (const { resource, code, message } of unreadable)
    process.stdout.write(`${pc.yellow('unreadable')} ${resource}: ${message} [${code}]\n`);
  const applied = changes.filter(({ result }) => result?.outcome === 'applied').length;
  if (dryRun) process.stdout.write('Dry run: nothing was written.\n');
  else if (applied > 0)
    process.stdout.write(
      `${pc.green('Done')}: ${applied} ${applied === 1 ? 'change' : 'changes'} in ${project}. sallyport undo takes one back.\n${printHandBack(changes)}`,
    );
  else if (findings.length === 0 && unreadable.length === 0)
    process.stdout.write(`${pc.green('Nothing to fix')} in ${project}.\n`);
  else process.stdout.write('Nothing was written.\n');
}

function exitCodeOf({ unreadable, findings }: ReconcileResult, _options: FixOptions): number {
  if (unreadable.length > 0) return exitCodes.unreadable;
  return findings.some(({ severity }) => severity === 'critical' || severity === 'high')
    ? exitCodes.findings
    : exitCodes.clean;
}
