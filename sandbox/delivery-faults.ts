import { buildRandom } from './random.ts';

/** What may happen to an event on its way. Each value is the chance (0..1) for one event and target. */
export interface DeliveryFaultRates {
  readonly drop?: number;
  readonly duplicate?: number;
  /** Held back until a later event has gone out. */
  readonly reorder?: number;
  /** Held back for `delayMs`. */
  readonly delay?: number;
  readonly delayMs?: number;
}

export type DeliveryFault = 'drop' | 'duplicate' | 'reorder' | 'delay';

export interface DeliveryFaults {
  readonly delayMs: number;
  /** The faults that hit the next event; a counted one is used up by it. */
  draw(): ReadonlySet<DeliveryFault>;
  /** Hits the next `count` events for sure, before chance is asked. */
  next(fault: DeliveryFault, count?: number): void;
}

const kinds: readonly DeliveryFault[] = ['drop', 'duplicate', 'reorder', 'delay'];

/** Faults of delivery: the same seed and the same events give the same faults. Without rates nothing happens but what `next` asks for. */
export function buildDeliveryFaults(rates: DeliveryFaultRates = {}, seed = 1): DeliveryFaults {
  const random = buildRandom(seed);
  const counted: Record<DeliveryFault, number> = { drop: 0, duplicate: 0, reorder: 0, delay: 0 };
  return {
    delayMs: rates.delayMs ?? 200,
    draw: () =>
      new Set(kinds.filter((kind) => (counted[kind] > 0 ? counted[kind]-- > 0 : random() < (rates[kind] ?? 0)))),
    next(fault, count = 1) {
      counted[fault] += count;
    },
  };
}
