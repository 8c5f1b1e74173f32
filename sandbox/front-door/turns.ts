/** Whose turn it is, where a balancer has a choice: one after the other, so that a test sees every case. */
export interface Turns {
  /** 0, 1, … count - 1, 0, … for each key. */
  next(key: string, count: number): number;
}

export function createTurns(): Turns {
  const taken = new Map<string, number>();
  return {
    next(key, count) {
      const turn = taken.get(key) ?? 0;
      taken.set(key, turn + 1);
      return count > 0 ? turn % count : 0;
    },
  };
}
