/** Something that works in the background: deliveries, tasks. */
export interface Worker {
  pending(): number;
  idle(): Promise<void>;
}

/** Resolves when all of them are idle at once: an event that is delivered may leave a task, a task may cause an event. */
export async function untilIdle(workers: readonly Worker[]): Promise<void> {
  do {
    await Promise.all(workers.map((worker) => worker.idle()));
  } while (workers.some((worker) => worker.pending() > 0));
}
