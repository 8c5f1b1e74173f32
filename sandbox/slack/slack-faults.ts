export interface SlackFault {
  /**
   * `down`: the connection breaks before anything is done. `answer-lost`: it breaks after everything is done. `500`, `html`: an
   * answer that is none of Slack's. `429`: with Retry-After. `slow`: the answer comes after `delayMs`.
   */
  readonly kind: 'down' | 'answer-lost' | '500' | 'html' | '429' | 'slow';
  /** Default: every method. */
  readonly method?: string;
  /** Default: without end. */
  readonly times?: number;
  /** From now on; default: without end. */
  readonly forMs?: number;
  readonly delayMs?: number;
  /** Seconds; default 1. */
  readonly retryAfter?: number;
}

export interface SlackFaults {
  /** Returns what takes it away again. */
  add(fault: SlackFault): () => void;
  clear(): void;
  /** The fault of this call, if any; counts it. */
  draw(method: string): SlackFault | undefined;
}

/** Faults on purpose; the first that matches is met. */
export function createSlackFaults(now: () => number): SlackFaults {
  const rules = new Map<SlackFault, { left: number; until: number }>();
  return {
    add(fault) {
      const kept = { ...fault };
      const { times = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = fault;
      rules.set(kept, { left: times, until: now() + forMs });
      return () => rules.delete(kept);
    },
    clear: () => rules.clear(),
    draw(method) {
      for (const [fault, state] of rules) {
        if (state.left <= 0 || now() >= state.until || (fault.method ?? method) !== method) continue;
        state.left -= 1;
        return fault;
      }
      return undefined;
    },
  };
}
