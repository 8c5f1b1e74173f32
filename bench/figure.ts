/** One line of the table that `npm run bench` prints. */
export interface Figure {
  readonly what: string;
  /** With its unit. */
  readonly figure: string;
  readonly target: string;
  readonly ok: boolean;
  /** How many runs are behind it and how far they are apart; what was left out; what to know. */
  readonly note?: string;
}

export interface BenchOptions {
  /** Fewer runs: the whole of `npm run bench -- --quick` takes about four minutes on two cores. */
  readonly quick: boolean;
  readonly onProgress?: (text: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<readonly Figure[]>;
