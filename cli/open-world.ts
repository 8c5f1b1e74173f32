import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { enterSandbox } from '../functions/adapters/api-root.ts';
import { createWorld } from '../functions/adapters/create-world.ts';
import { isFirestore, openLedger } from '../functions/adapters/ledger/open-ledger.ts';
import { createLog } from '../functions/adapters/log.ts';
import { readSettingsFile } from '../functions/adapters/settings-file.ts';
import type { Settings } from '../functions/config.ts';
import { isInScope } from '../functions/core/settings/scope.ts';
import type { Logger, World } from '../functions/core/world.ts';
import { TerminalError } from '../functions/errors.ts';

export interface OpenWorldOptions {
  readonly settings?: string;
  readonly ledger: string;
  readonly dryRun?: boolean;
}

/** The live world of a command: Google's APIs with this user's own login (or the sandbox), the ledger, the settings. */
export async function openWorld(options: OpenWorldOptions): Promise<World> {
  enterSandbox();
  const settings = await readSettings(options.settings);
  const isFile = options.ledger !== ':memory:' && !isFirestore(options.ledger);
  if (isFile) mkdirSync(dirname(options.ledger), { recursive: true });
  return createWorld({
    settings,
    ledger: await openLedger(options.ledger, { retentionDays: settings.retentionDays }),
    log: commandLog(),
    ...(options.dryRun ? { dryRun: true } : {}),
  });
}

/** Settings of a command: the named file, else ./sallyport.yaml where there is one, else the defaults. */
export function readSettings(path: string | undefined): Promise<Settings> {
  return readSettingsFile(path ?? (existsSync('sallyport.yaml') ? 'sallyport.yaml' : undefined));
}

/** Naming a project on the command line brings it into scope, unless settings exclude it or list others. */
export function assertInScope(project: string, { scope }: Settings): void {
  if (isInScope(project, scope, project)) return;
  throw new TerminalError('out-of-scope', `${project} is outside scope.include or inside scope.exclude.`, {
    hint: 'Change scope in sallyport.yaml, or name another settings file with --settings.',
  });
}

/** Log lines of a command go to stderr, and only with SALLYPORT_LOG=1: stdout is the answer. */
function commandLog(): Logger {
  return createLog({
    write: (line) => {
      if (process.env['SALLYPORT_LOG']) process.stderr.write(`${line}\n`);
    },
  });
}
