import type { NoticeContent, Sweep } from '../people.ts';

/** What one portion of a sweep came to. */
export interface ShardTotal {
  /** Projects that were looked at. */
  readonly looked: number;
  readonly clean: number;
  readonly findings: number;
  readonly changes: number;
  readonly unreadable: readonly { readonly project: string; readonly code: string }[];
}

/** One record of a whole sweep. A project that no portion tells of is unreadable: silence never reads as clean. */
export function sumUp(
  { id, startedAt, endedAt, projects }: Pick<Sweep, 'id' | 'startedAt' | 'endedAt' | 'projects'>,
  totals: readonly ShardTotal[],
): Sweep {
  const sum = (of: (total: ShardTotal) => number) => totals.reduce((all, total) => all + of(total), 0);
  const unreadable = totals.flatMap((total) => total.unreadable);
  const untold = projects - sum(({ looked }) => looked) - unreadable.length;
  const lost = untold > 0 ? [{ project: `${untold} more`, code: 'not-told' }] : [];
  return {
    id,
    startedAt,
    endedAt,
    projects,
    clean: sum(({ clean }) => clean),
    findings: sum(({ findings }) => findings),
    changes: sum(({ changes }) => changes),
    unreadable: [...unreadable, ...lost],
  };
}

/** Most failures that a message names; the rest is counted. */
const named = 20;

/**
 * What people are told of a sweep; undefined where it found nothing that the last one had not told: a message an hour that
 * says the same is one that nobody reads.
 */
export function buildSweepDigest(sweep: Sweep, last: Sweep | undefined): NoticeContent | undefined {
  const { projects, clean, findings, changes, unreadable } = sweep;
  const isNews =
    changes > 0 || findings !== (last?.findings ?? 0) || listFailures(sweep).join() !== listFailures(last).join();
  if (!isNews) return undefined;
  const failures = unreadable
    .slice(0, named)
    .map(({ project, code }) => `could not be looked at: ${project} (${code})`);
  const rest = unreadable.length - failures.length;
  return {
    kind: 'digest',
    title: `Sweep of ${projects} ${projects === 1 ? 'project' : 'projects'}: ${clean} clean`,
    lines: [
      `${findings} open ${findings === 1 ? 'finding' : 'findings'}, ${changes} ${changes === 1 ? 'change' : 'changes'} made`,
      ...failures,
      ...(rest > 0 ? [`and ${rest} more that could not be looked at`] : []),
    ],
  };
}

function listFailures(sweep: Sweep | undefined): readonly string[] {
  return (sweep?.unreadable ?? []).map(({ project, code }) => `${project} ${code}`).sort();
}
