import { type Finding, type Severity, severityRank } from '../functions/core/finding.ts';

/** Exit codes of every command, strongest first: usage, unreadable, findings, clean (CONTRACT 4). */
export const exitCodes = { clean: 0, findings: 1, unreadable: 3, usage: 2 } as const;

/** The exit code of what was found: gaps weigh more than findings at or above `failOn`. */
export function exitCodeOf(
  { findings, unreadable }: { readonly findings: readonly Finding[]; readonly unreadable: number },
  failOn: Severity,
): number {
  if (unreadable > 0) return exitCodes.unreadable;
  const fails = findings.some(({ severity }) => severityRank[severity] <= severityRank[failOn]);
  return fails ? exitCodes.findings : exitCodes.clean;
}
