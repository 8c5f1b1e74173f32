import { buildRandom } from '../../sandbox/random.ts';

/** Turns sound input into broken input; the same seed gives the same breakage. */
export interface Mutator {
  /** Text with a few bytes cut, doubled, swapped or replaced. */
  text(sound: string): string;
  /** JSON with values replaced by values of other types, keys dropped, doubled or nested, at any depth. */
  json(sound: unknown): unknown;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

const oddities: readonly [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  1e308,
  '',
  ' ',
  'allUsers',
  '\u202e\u0000',
  '__proto__',
  [],
  {},
  [[]],
  [null],
  { a: { a: {} } },
  'x'.repeat(5000),
  '=1+1',
  '//run.googleapis.com/projects//locations//services/',
];
const snippets: readonly [string, ...string[]] = [
  '{',
  '}',
  '"',
  '\\',
  '\n',
  ',',
  ':',
  '\u0000',
  '\ud800',
  '}{',
  '"name":',
  'null',
  '[',
  '1e999',
  '\ufeff',
  '\r\n',
];

export function buildMutator(seed: number): Mutator {
  const random = buildRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[below(items.length)] ?? items[0];

  function text(sound: string): string {
    let broken = sound;
    for (let count = 1 + below(4); count > 0; count -= 1) {
      const from = below(broken.length + 1);
      const to = Math.min(broken.length, from + below(40));
      switch (below(4)) {
        case 0:
          broken = broken.slice(0, from) + broken.slice(to);
          break;
        case 1:
          broken = broken.slice(0, to) + broken.slice(from);
          break;
        case 2:
          broken = broken.slice(0, from) + pick(snippets) + broken.slice(from);
          break;
        default:
          broken = broken.slice(0, from) + pick(snippets) + broken.slice(to);
      }
    }
    return broken;
  }

  function json(sound: unknown, depth = 0): unknown {
    if (random() < 0.04 + depth * 0.01) return pick(oddities);
    if (Array.isArray(sound)) {
      const items = sound.map((item) => json(item, depth + 1));
      return random() < 0.05 ? [...items, ...items] : random() < 0.05 ? items.slice(1) : items;
    }
    if (typeof sound !== 'object' || sound === null) return sound;
    const entries = Object.entries(sound).filter(() => random() > 0.03);
    return Object.fromEntries(
      entries.map(([key, value]) => [random() < 0.02 ? `${key}x` : key, json(value, depth + 1)]),
    );
  }

  return { text, json: (sound) => json(sound), pick };
}
