import { distance } from 'fastest-levenshtein';

const most = 5;

/** The names that are most like the asked one, the nearest first; where none is near, the first of all in order. */
export function listNearNames(asked: string, names: readonly string[]): readonly string[] {
  const reach = Math.max(3, Math.floor(asked.length / 3));
  const near = names
    .map((name) => ({ name, steps: distance(asked, name) }))
    .filter(({ steps }) => steps <= reach)
    .sort((a, b) => a.steps - b.steps);
  return near.length > 0 ? near.slice(0, most).map(({ name }) => name) : names.slice(0, 20);
}
