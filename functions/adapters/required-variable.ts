import { TerminalError } from '../errors.ts';

/** An environment variable that a function cannot do without. Throws `bad-settings`. */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new TerminalError('bad-settings', `The environment variable ${name} is not set.`, {
    hint: 'docs/events.md lists the variables of each function; infra/ sets them.',
  });
}
