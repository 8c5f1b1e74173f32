import type { ComplianceReport, ReportedDay } from './compliance-report.ts';
import type { Spell } from './weigh-repairs.ts';

const dayMs = 86_400_000;

/** Findings opened, resolved, and open at the end, for each day (UTC) that the period touches. */
export function countDays(stays: readonly Spell[], { from, to }: ComplianceReport['period']): readonly ReportedDay[] {
  const first = Math.floor(from / dayMs);
  const last = Math.floor(to / dayMs);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const begin = (first + index) * dayMs;
    const end = Math.min(begin + dayMs, to + 1);
    const isWithin = (at: number | undefined) => at !== undefined && at >= begin && at < end;
    return {
      day: dayText(begin),
      opened: stays.filter(({ openedAt }) => isWithin(openedAt)).length,
      resolved: stays.filter(({ resolvedAt, isExempt }) => !isExempt && isWithin(resolvedAt)).length,
      open: stays.filter(
        ({ openedAt, resolvedAt }) => openedAt < end && (resolvedAt === undefined || resolvedAt >= end),
      ).length,
    };
  });
}

/** `YYYY-MM-DD` in UTC. */
export function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:MM` in UTC. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/** `45 s`, `3 min`, `2.5 h`, `4 days`: as exact as a reader needs. */
export function spanText(ms: number): string {
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 36 * 3_600_000) return `${Number((ms / 3_600_000).toFixed(1))} h`;
  return `${Math.round(ms / dayMs)} days`;
}
