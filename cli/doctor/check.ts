import type { Settings } from '../../functions/config.ts';
import type { World } from '../../functions/core/world.ts';
import type { DoctorClients } from './clients.ts';

/** What one look says; `fix` = what to do, a command wherever there is one. */
export type Verdict =
  | { readonly status: 'ok'; readonly text: string }
  | { readonly status: 'problem' | 'unknown'; readonly text: string; readonly fix: string };

export interface Check {
  /** Permanent; the line's name. */
  readonly id: string;
  /** Throws what it could not read. */
  examine(context: DoctorContext): Promise<Verdict>;
}

export interface DoctorContext {
  /** Project that is watched. */
  readonly project: string;
  /** Project that Sallyport runs in. */
  readonly ownProject: string;
  /** Region of Sallyport's functions. */
  readonly region: string;
  readonly clients: DoctorClients;
  /** Throws `bad-settings`. */
  readonly settings: () => Promise<Settings>;
  /** Throws `ledger-failed`. */
  readonly ledger: () => Promise<World['ledger']>;
  /** How the user of the command calls it, for commands. */
  readonly ledgerName: string;
  /** Who is logged in; undefined = nobody. */
  readonly login: () => Promise<string | undefined>;
  readonly clock: { now(): number };
  readonly nodeVersion: string;
}

export function ok(text: string): Verdict {
  return { status: 'ok', text };
}

export function problem(text: string, fix: string): Verdict {
  return { status: 'problem', text, fix };
}

export function unknown(text: string, fix: string): Verdict {
  return { status: 'unknown', text, fix };
}
