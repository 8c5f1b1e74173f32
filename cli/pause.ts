import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { Pause } from '../functions/core/ledger.ts';
import { TerminalError } from '../functions/errors.ts';
import { findAccountEmail } from './account-email.ts';
import { openWorld } from './open-world.ts';
import { ledgerOption, settingsOption, withExamples } from './options.ts';

interface PauseOptions {
  readonly end?: boolean;
  readonly list?: boolean;
  readonly why?: string;
  readonly who?: string;
  readonly settings?: string;
  readonly ledger: string;
}

/** `sallyport pause`: the kill switch. Nothing is written until somebody ends it; both are in the ledger. */
export function pauseCommand(): Command {
  const command = new Command('pause')
    .description('stop all writes until the pause is ended; looking and telling go on')
    .option('--why <text>', 'reason, for the ledger; a pause and its end need one')
    .option('--end', 'end the pause')
    .option('--list', 'list the last 20 beginnings and ends, newest first')
    .option('--who <name>', "who pauses, or ends it (default: gcloud's account)")
    .addOption(settingsOption())
    .addOption(ledgerOption())
    .action(pause);
  return withExamples(
    command,
    'sallyport pause --why "release freeze"',
    'sallyport pause --end --why "freeze is over"',
    'sallyport pause --list',
  );
}

async function pause({ end, list, why, ...options }: PauseOptions): Promise<void> {
  // Before the sandbox, where there is one, takes every login out of this process.
  const who = options.who?.trim() || findAccountEmail() || userInfo().username;
  if (!list && !why?.trim()) {
    throw new TerminalError('bad-usage', 'A pause and its end need a reason.', { hint: 'Add --why "…".' });
  }
  const { ledger, settings } = await openWorld(options);
  try {
    if (!list) await ledger.setPaused(!end, { who, why: why ?? '' });
    const pauses = await ledger.pauses(list ? 20 : 1);
    for (const one of pauses) process.stdout.write(`${printPause(one)}\n`);
    if (pauses.length === 0) process.stdout.write(`No pause in ${options.ledger}.\n`);
    if (settings.paused)
      process.stdout.write('The settings say paused: true, so nothing is written whatever the ledger says.\n');
  } finally {
    await ledger.close();
  }
}

function printPause({ paused, at, who, why }: Pause): string {
  const reason = why === '' ? '' : `: ${why}`;
  return `${new Date(at).toISOString()}  ${paused ? 'paused' : 'ended'} by ${who || 'somebody'}${reason}`;
}
