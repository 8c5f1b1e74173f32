import type { Settings } from '../../config.ts';
import type { Finding } from '../finding.ts';
import { matchesPattern } from './scope.ts';

type Exemption = Settings['exemptions'][number];

/** A finding that somebody has decided to live with, and the decision. */
export interface ExemptFinding {
  readonly finding: Finding;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD`: the first day on which it no longer holds. */
  readonly expires: string;
}

export interface SplitFindings {
  readonly open: readonly Finding[];
  readonly exempt: readonly ExemptFinding[];
}

/** Takes out what is exempt at `now` (ms; undefined = nothing is). A finding whose exemption has run out says so in its note. */
export function splitExempt(
  findings: readonly Finding[],
  exemptions: readonly Exemption[],
  now: number | undefined,
): SplitFindings {
  const open: Finding[] = [];
  const exempt: ExemptFinding[] = [];
  for (const finding of findings) {
    const matching = exemptions.filter((exemption) => covers(exemption, finding));
    const holding = matching.find(({ expiresAt }) => now !== undefined && now < expiresAt);
    if (holding) {
      const { reason, owner, expires } = holding;
      exempt.push({ finding, reason, owner, expires });
      continue;
    }
    const over = matching.at(-1);
    open.push(
      over
        ? { ...finding, note: `The exemption by ${over.owner} (${over.reason}) ended on ${over.expires}.` }
        : finding,
    );
  }
  return { open, exempt };
}

/** Whether an exemption is about a finding, whether or not it still holds. */
export function covers({ rule, resource, subject }: Exemption, finding: Finding): boolean {
  return (
    rule === finding.rule &&
    matchesPattern(finding.resource, resource) &&
    (subject === undefined || matchesPattern(finding.subject, subject))
  );
}
