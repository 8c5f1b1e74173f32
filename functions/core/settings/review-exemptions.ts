import { createHash } from 'node:crypto';
import type { Settings } from '../../config.ts';
import type { Evaluation } from '../evaluate.ts';
import { covers } from './exemptions.ts';
import { matchesPattern } from './scope.ts';

export type Exemption = Settings['exemptions'][number];

/** How long before its end people are told (days). */
const noticeDays = 14;
const dayMs = 24 * 3_600_000;

export interface ExemptionReview {
  /** In use, and about to end. */
  readonly ending: readonly Exemption[];
  /** In use no longer: what they exempted has ended, or never was. */
  readonly unused: readonly Exemption[];
}

/**
 * What one look at some projects says of the exemptions: which of those that it used end within 14 days, and which match
 * nothing there any more. Of what was not evaluated or not readable, and of projects that were not looked at, nothing is
 * said. `now` in ms.
 */
export function reviewExemptions({
  exemptions,
  evaluation,
  projects,
  now,
}: {
  readonly exemptions: readonly Exemption[];
  readonly evaluation: Pick<Evaluation, 'findings' | 'exempt' | 'unreadable' | 'notEvaluated'>;
  /** Those that were looked at. */
  readonly projects: readonly string[];
  readonly now: number;
}): ExemptionReview {
  const all = [...evaluation.findings, ...evaluation.exempt.map(({ finding }) => finding)];
  const used = exemptions.filter((exemption) => all.some((finding) => covers(exemption, finding)));
  const isJudged = ({ rule }: Exemption) =>
    evaluation.unreadable.length === 0 && !evaluation.notEvaluated.some((gap) => gap.rule === rule);
  return {
    ending: used.filter(({ expiresAt }) => expiresAt > now && expiresAt - now <= noticeDays * dayMs),
    unused: exemptions.filter(
      (exemption) => !used.includes(exemption) && isJudged(exemption) && isOf(exemption, projects),
    ),
  };
}

/** Whole days for which an exemption still holds; 0 or less = it has ended. */
export function daysLeft({ expiresAt }: Pick<Exemption, 'expiresAt'>, now: number): number {
  return Math.ceil((expiresAt - now) / dayMs);
}

/** Days for people. */
export function tellDays(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** One line for people: what is exempt, who said so, and until when. */
export function describeExemption({ rule, resource, subject, owner, expires }: Exemption): string {
  return `${rule} on ${resource}${subject === undefined ? '' : ` (${subject})`}, by ${owner}, until ${expires}`;
}

/** Names an exemption; another end makes another one of it. 12 hex digits. */
export function hashExemption({ rule, resource, subject = '' }: Exemption): string {
  return createHash('sha256').update([rule, resource, subject].join('\n')).digest('hex').slice(0, 12);
}

/** Whether its resource can only be in the projects that were looked at; one with a pattern for its project may be anywhere. */
function isOf({ resource }: Exemption, projects: readonly string[]): boolean {
  const [, project = '*'] = /\/projects\/([^/]+)/.exec(resource) ?? [];
  return !project.includes('*') && projects.some((name) => matchesPattern(name, project));
}
