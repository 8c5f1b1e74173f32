import { createCloudTasksQueue, type TaskQueue } from '../../../functions/adapters/task-queue.ts';
import type { Actor, Lab } from '../lab.ts';

export const realClock = { now: () => Date.now() };

/** The queue as one account reaches it. */
export function makeQueue({ sandbox, estate }: Lab, { token }: Actor): TaskQueue {
  return createCloudTasksQueue({
    queue: estate.queue,
    url: 'http://127.0.0.1:1/reconcile',
    serviceAccount: estate.invokerAccount,
    apiRoot: sandbox.url,
    token,
    clock: realClock,
  });
}

/** Nothing is delivered here: what is in the queue stays in it. */
export function emptyQueue({ sandbox }: Lab): void {
  const { tasks } = sandbox.cloud;
  for (const name of [...tasks.tasks.keys()]) tasks.remove(name);
}
