import type { LoggedChange } from './logged-change.ts';

/** What the log shows of the time since a finding was last known not to be there. */
export interface LogView {
  /** Newest first. */
  readonly changes: readonly LoggedChange[];
  /** Nothing of that time is missing, and an earlier run has seen that all was well at its begin. */
  readonly isWhole: boolean;
}

export interface Turn {
  readonly change: LoggedChange;
  /** The entry before it shows the opposite: it was this one, whatever else is missing. */
  readonly isSure: boolean;
}

/**
 * The change with which something began that holds still: the oldest of the newest entries that show it without a break.
 * `shows`: true = so afterwards, false = not so afterwards, undefined = says nothing of it.
 */
export function findTurn({ changes }: LogView, shows: (change: LoggedChange) => boolean | undefined): Turn | undefined {
  let change: LoggedChange | undefined;
  for (const one of changes) {
    const shown = shows(one);
    if (shown === false) return change && { change, isSure: true };
    if (shown) change = one;
  }
  return change && { change, isSure: false };
}

/** The later one of two turns. */
export function laterTurn(...turns: readonly (Turn | undefined)[]): Turn | undefined {
  return turns.reduce((a, b) => (!a || (b && b.change.at > a.change.at) ? (b ?? a) : a), undefined);
}
