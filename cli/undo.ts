import { Command } from 'commander';
import type { Change } from '../functions/core/change/change.ts';
import { undoChange } from '../functions/core/undo-change.ts';
import { TerminalError } from '../functions/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { openWorld } from './open-world.ts';
import { ledgerOption, settingsOption, withExamples } from './options.ts';
import { printChange } from './print-plan.ts';
import { buildRunId } from './run-id.ts';

interface UndoOptions {
  readonly list?: boolean;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport undo`: takes back exactly what one change did, and holds it for 24 h. */
export function undoCommand(): Command {
  const command = new Command('undo')
    .description('take back one change of Sallyport; refused when others have changed the policy since')
    .argument('[change]', 'id of the change, as fix and undo --list print it')
    .option('--list', 'list the changes of the last 400 days, newest first')
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(undo);
  return withExamples(command, 'sallyport undo --list', 'sallyport undo fix-20261123T190000Z-a1b2c3-1');
}

async function undo(changeId: string | undefined, options: UndoOptions): Promise<void> {
  if (!changeId && !options.list) {
    throw new TerminalError('bad-usage', 'undo needs the id of a change.', {
      hint: 'sallyport undo --list shows them.',
    });
  }
  const world = await openWorld(options);
  try {
    if (changeId) {
      const change = await undoChange(changeId, buildRunId('undo'), world);
      process.stdout.write(`${printChange(change)}\n`);
      process.exitCode = change.result?.outcome === 'failed' ? exitCodes.findings : exitCodes.clean;
      return;
    }
    const changes = await world.ledger.changesSince(0);
    for (const change of changes) process.stdout.write(`${printRow(change)}\n`);
    if (changes.length === 0) process.stdout.write(`No changes in ${options.ledger}.\n`);
  } finally {
    await world.ledger.close();
  }
}

function printRow(change: Change): string {
  return `${new Date(change.at).toISOString()}  ${printChange(change)}`;
}
