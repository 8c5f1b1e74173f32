import type { RunningFunction } from '../../sandbox/functions-host.ts';
import type { Message } from '../bench-event.ts';
import { firstAnswer } from '../first-answer.ts';
import { readPeakMemory } from '../peak-memory.ts';

/** One function and one first request. */
export interface Contestant {
  readonly name: string;
  /** Whom it is held against, and how much more it may take; absent for the yardsticks themselves. */
  readonly against?: { readonly name: string; readonly limit: number | undefined };
  run(): Promise<Sample>;
}

export interface Sample {
  /** From the start of the process to the end of the first answer. */
  readonly ms: number;
  /** Most memory that the process ever held, in MB; NaN where the system does not tell. */
  readonly mb: number;
}

/** Starts a function and posts to its port until it answers. */
export async function measure(port: number, message: Message, start: () => Promise<RunningFunction>): Promise<Sample> {
  const began = performance.now();
  const [{ pid }, ended] = await Promise.all([start(), firstAnswer(port, message)]);
  return { ms: ended - began, mb: await readPeakMemory(pid) };
}
