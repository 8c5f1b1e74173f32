/** Seeded chance: the same seed gives the same estate on every machine. */
export interface Dice {
  /** True with this probability. */
  chance(probability: number): boolean;
  /** 0 to below `bound`. */
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
  /** As many as chance says, in their order. */
  some<T>(list: readonly T[], probability: number): T[];
}

/** Mulberry32 (public domain): 32 bits of state are plenty for some thousand estates. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    chance: (probability) => next() < probability,
    below,
    pick: (list) => {
      if (list.length === 0) throw new Error('Nothing to pick from.');
      return list[below(list.length)] as (typeof list)[number];
    },
    some: (list, probability) => list.filter(() => next() < probability),
  };
}
