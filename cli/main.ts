import { Command, CommanderError } from 'commander';
import { AppError } from '../functions/errors.ts';
import { approveCommand } from './approve.ts';
import { checkPlanCommand } from './check-plan.ts';
import { doctorCommand } from './doctor.ts';
import { exemptCommand } from './exempt.ts';
import { exitCodes } from './exit-codes.ts';
import { explainCommand } from './explain.ts';
import { fixCommand } from './fix.ts';
import { pauseCommand } from './pause.ts';
import { receiveCommand } from './receive.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { sandboxCommand } from './sandbox.ts';
import { scanCommand } from './scan.ts';
import { startCommand } from './start.ts';
import { undoCommand } from './undo.ts';

const program = new Command('sallyport')
  .description("Keeps Cloud Run's inner door open to Identity-Aware Proxy, and shut to everyone else.")
  .version('0.1.0')
  .option('--debug', 'show the stack of an error')
  .showHelpAfterError('(sallyport --help shows the commands)')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

for (const command of [
  scanCommand,
  explainCommand,
  checkPlanCommand,
  fixCommand,
  approveCommand,
  undoCommand,
  exemptCommand,
  pauseCommand,
  receiveCommand,
  replayCommand,
  reportCommand,
  doctorCommand,
  sandboxCommand,
  startCommand,
]) {
  program.addCommand(command().exitOverride());
}

// `sallyport … | head` has read enough: end as a program does that SIGPIPE ends. Functions of the sandbox end with it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
});

try {
  process.exitCode = exitCodes.clean;
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has written its own message (or the help that was asked for).
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  if (!(error instanceof AppError)) {
    // 1 would read as findings.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`sallyport: this should not have happened; please report it with these lines:\n${stack}\n`);
    process.exit(exitCodes.unreadable);
  }
  process.stderr.write(`sallyport: ${error.message} [${error.code}]\n`);
  if (error.hint) process.stderr.write(`  ${error.hint}\n`);
  if (program.opts()['debug']) process.stderr.write(`${error.stack ?? ''}\n`);
  return error.code === 'bad-settings' || error.code === 'bad-usage' ? exitCodes.usage : exitCodes.unreadable;
}
