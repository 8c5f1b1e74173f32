import { Command } from 'commander';
import type { Change } from '../functions/core/change/change.ts';
import { buildHandBacks } from '../functions/core/commands/hand-back.ts';
import { undoChange } from '../functions/core/undo-change.ts';
import { TerminalError } from '../functions/errors.ts';
import { findAccountEmail } from './account-email.ts';
import { exitCodes } from './exit-codes.ts';
import { openWorld } from './open-world.ts';
import { ledgerOption, settingsOption, withExamples } from './options.ts';
import { printChange } from './print-plan.ts';
import { buildRunId } from './run-id.ts';

interface UndoOptions {
  readonly list?: boolean;
  readonly terraform?: boolean;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport undo`: takes back exactly what one change did, and holds it for 24 h. */
export function undoCommand(): Command {
  const command = new Command('undo')
    .description('take back one change of Sallyport; refused when others have changed the policy since')
    .argument('[change]', 'id of the change, as fix and undo --list print it')
    .option('--list', 'list the changes that the ledger remembers, newest first')
    .option('--terraform', 'with --list: the grants that were made and not taken back, as Terraform')
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(undo);
  return withExamples(
    command,
    'sallyport undo --list',
    'sallyport undo fix-20261123T190000Z-a1b2c3-1',
    'sallyport undo --list --terraform > iap-invokers.tf',
  );
}

async function undo(changeId: string | undefined, options: UndoOptions): Promise<void> {
  if (options.terraform && !options.list) {
    throw new TerminalError('bad-usage', '--terraform goes with --list.', {
      hint: 'sallyport undo --list --terraform',
    });
  }
  if (!changeId && !options.list) {
    throw new TerminalError('bad-usage', 'undo needs the id of a change.', {
      hint: 'sallyport undo --list shows them.',
    });
  }
  // Before the sandbox, where there is one, takes every login out of this process.
  const by = findAccountEmail();
  const world = await openWorld(options);
  try {
    if (changeId) {
      const change = await undoChange(changeId, buildRunId('undo'), world, by);
      process.stdout.write(`${printChange(change)}\n`);
      process.exitCode = change.result?.outcome === 'failed' ? exitCodes.findings : exitCodes.clean;
      return;
    }
    const changes = await world.ledger.changesSince(0);
    if (options.terraform) {
      process.stdout.write(buildHandBacks(changes) ?? `# No grants in ${options.ledger}.\n`);
      return;
    }
    for (const change of changes) process.stdout.write(`${printRow(change)}\n`);
    if (changes.length === 0) process.stdout.write(`No changes in ${options.ledger}.\n`);
  } finally {
    await world.ledger.close();
  }
}

function printRow(change: Change): string {
  return `${new Date(change.at).toISOString()}  ${printChange(change)}`;
}
