import type { Change } from '../../core/change/change.ts';
import type { FindingStay } from '../../core/people.ts';
import type { ComplianceReport, Repairs } from './compliance-report.ts';

/** A time in which something was wrong (ms since the epoch). */
export type Spell = Pick<FindingStay, 'openedAt' | 'resolvedAt' | 'isExempt'>;

interface Past {
  readonly stays: readonly FindingStay[];
  readonly changes: readonly Change[];
}

/** How long what was resolved in the period had been open. What somebody has decided to live with was not mended. */
export function weighRepairs({ stays, changes }: Past, { from, to }: ComplianceReport['period']): Repairs {
  const fixes = changes.filter(isFix);
  const resolved = stays.flatMap((stay) => {
    const { finding, openedAt, resolvedAt, isExempt } = stay;
    if (isExempt || resolvedAt === undefined || resolvedAt < from || resolvedAt > to) return [];
    const isOurs = fixes.some((fix) => fix.findingIds.includes(finding.id) && isWithin(fix, stay));
    return [{ ms: resolvedAt - openedAt, isOurs }];
  });
  const times = resolved.map(({ ms }) => ms).sort((a, b) => a - b);
  const [median] = times.slice(Math.floor((times.length - 1) / 2));
  const counts = {
    count: times.length,
    bySallyport: resolved.filter(({ isOurs }) => isOurs).length,
    atOnce: listAtOnce({ stays, changes }).length,
  };
  if (median === undefined) return counts;
  const meanMs = Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length);
  return { ...counts, meanMs, medianMs: median, longestMs: times.at(-1) ?? median };
}

/** A run that could not mend all of a finding saves it as open before its lease would end. */
const runMs = 120_000;

/** Found and mended in one run: the ledger never saw it open, so that its changes are all there is of it. */
export function listAtOnce({ stays, changes }: Past): readonly Spell[] {
  const spells = new Map<string, Spell>();
  for (const fix of changes.filter(isFix)) {
    for (const id of fix.findingIds) {
      const isOpen = stays.some((stay) => stay.finding.id === id && isWithin(fix, stay, runMs));
      if (!isOpen) spells.set(`${fix.runId} ${id}`, { openedAt: fix.at, resolvedAt: fix.result?.at ?? fix.at });
    }
  }
  return [...spells.values()];
}

function isWithin({ at }: Change, { openedAt, resolvedAt }: FindingStay, before = 0): boolean {
  return at >= openedAt - before && (resolvedAt === undefined || at <= resolvedAt);
}

function isFix({ change, result }: Change): boolean {
  return result?.outcome === 'applied' && !('undoes' in change && change.undoes !== undefined);
}
