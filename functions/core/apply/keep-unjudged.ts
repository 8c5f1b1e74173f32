import type { Evaluation } from '../evaluate.ts';
import type { Finding } from '../finding.ts';
import type { OpenFinding } from '../ledger.ts';

/**
 * Open findings that a run could not judge: their rule was not evaluated there, or what they are about could not be read.
 * They stay open, as silence never reads as clean; a single event must not resolve what only sweeps look at.
 */
export function keepUnjudged(
  open: readonly OpenFinding[],
  { findings, exempt, unreadable, notEvaluated }: Evaluation,
): readonly Finding[] {
  const judged = new Set([...findings, ...exempt.map(({ finding }) => finding)].map(({ id }) => id));
  return open
    .map(({ finding }) => finding)
    .filter(({ id, rule, resource }) => {
      if (judged.has(id)) return false;
      const isSkipped = notEvaluated.some(
        (gap) => gap.rule === rule && (gap.resource === undefined || gap.resource === resource),
      );
      return isSkipped || unreadable.some((gap) => isWithin(resource, gap.resource));
    });
}

/** A region that could not be looked into hides everything in it. */
function isWithin(resource: string, place: string): boolean {
  return resource === place || resource.startsWith(`${place}/`);
}
