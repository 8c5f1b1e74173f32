import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Severity } from '../functions/core/finding.ts';

/** `--settings FILE`, the same in every command that reads an estate. */
export function settingsOption(): Option {
  return new Option('--settings <file>', 'settings file (default: ./sallyport.yaml where there is one)').env(
    'SALLYPORT_SETTINGS',
  );
}

/** `--ledger FILE`: Sallyport's memory, on this machine or in the cloud. */
export function ledgerOption(): Option {
  return new Option('--ledger <file>', 'ledger: a file (SQLite), firestore or firestore:DATABASE')
    .env('SALLYPORT_LEDGER')
    .default('.sallyport/ledger.db');
}

/** Repeatable option: collects every value, in order. */
export function collect(value: string, all: readonly string[] | undefined): readonly string[] {
  return [...(all ?? []), value];
}

/** A project's id or number. */
export function parseProject(value: string): string {
  if (!/^[a-z0-9.:-]+$/.test(value)) throw new InvalidArgumentError('It takes the id or the number of a project.');
  return value;
}

/** `parseProject`, repeatable. */
export function collectProjects(value: string, all: readonly string[] | undefined): readonly string[] {
  return collect(parseProject(value), all);
}

/** A whole number of zero or more. */
export function parseCount(value: string): number {
  const count = Number(value);
  if (value.trim() === '' || !Number.isSafeInteger(count) || count < 0) {
    throw new InvalidArgumentError('It takes a whole number, 0 or more.');
  }
  return count;
}

/** A TCP port; 0 = any. */
export function parsePort(value: string): number {
  const port = parseCount(value);
  if (port > 65535) throw new InvalidArgumentError('A port is a number up to 65535.');
  return port;
}

export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Adds help lines of examples below a command's options. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n`);
}
