import { canonicalName, learnNames } from './names.ts';
import type { ExportFile } from './oracle-types.ts';
import { type Line, readLines } from './read-lines.ts';

interface SeenFiles {
  readonly files: readonly ExportFile[];
}

/** CONTRACT 3, several lines about one asset: when an estate shows each way that the contest can go. */
export const contestSituations: Readonly<Record<string, (seen: SeenFiles) => boolean>> = {
  'contest: a later line is older and loses': anyPair(
    (first, second) => isRival(first, second) && first.updated > second.updated,
  ),
  'contest: a later line is newer and wins': anyPair(
    (first, second) => isRival(first, second) && first.updated < second.updated,
  ),
  'contest: a tie goes to the later line': anyPair(
    (first, second) => isRival(first, second) && first.updated === second.updated,
  ),
  'contest: less than a microsecond decides': anyPair((first, second) => {
    const apart = first.updated - second.updated;
    return isRival(first, second) && apart !== 0n && apart > -1000n && apart < 1000n;
  }),
  'contest: by id against by number': anyPair((first, second) => isRival(first, second) && first.name !== second.name),
  'contest: a deletion wins': anyPair(
    (first, second) => second.deleted && !first.deleted && first.updated <= second.updated,
  ),
  'contest: a deletion loses': anyPair(
    (first, second) => second.deleted && !first.deleted && first.updated > second.updated,
  ),
};

function isRival(first: Line, second: Line): boolean {
  return first.resource !== undefined && second.resource !== undefined && !first.deleted && !second.deleted;
}

/** Whether two lines about the same asset, in their order, are so. */
function anyPair(matches: (first: Line, second: Line) => boolean): (seen: SeenFiles) => boolean {
  return ({ files }) => {
    const { lines } = readLines(files);
    const names = learnNames(lines);
    const byName = new Map<string, Line[]>();
    for (const line of lines) {
      const name = canonicalName(line.name, names);
      byName.set(name, [...(byName.get(name) ?? []), line]);
    }
    return [...byName.values()].some((same) =>
      same.some((first, at) => same.slice(at + 1).some((second) => matches(first, second))),
    );
  };
}
