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
  const isEmpty = projects === 0;
  const isNews =
    isEmpty !== (last?.projects === 0) ||
    changes > 0 ||
    findings !== (last?.findings ?? 0) ||
    listFailures(sweep).join() !== listFailures(last).join();
  if (!isNews) return undefined;
  if (isEmpty) {
    const lines = ['Nothing is watched. Look at scope in sallyport.yaml.'];
    return { kind: 'digest', title: 'Sweep: no project is in scope', lines };
  }
  const where = unreadable.length === 0 ? '' : ' in what could be looked at';
  const failures = unreadable
    .slice(0, named)
    .map(({ project, code }) => `could not be looked at: ${project} (${code})`);
  const rest = unreadable.length - failures.length;
  return {
    kind: 'digest',
    title: `Sweep of ${projects} ${projects === 1 ? 'project' : 'projects'}: ${clean === 0 ? 'none' : clean} clean`,
    lines: [
      ...(isBlind(sweep) ? [] : [`${count(findings, 'open finding')}, ${count(changes, 'change')} made${where}`]),
      ...failures,
      ...(rest > 0 ? [`and ${rest} more that could not be looked at`] : []),
    ],
  };
}

function isBlind({ projects, unreadable, findings, changes }: Sweep): boolean {
  return unreadable.length >= projects && findings + changes === 0;
}

function count(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 || number === 0 ? '' : 's'}`;
}

function listFailures(sweep: Sweep | undefined): readonly string[] {
  return (sweep?.unreadable ?? []).map(({ project, code }) => `${project} ${code}`).sort();
}
