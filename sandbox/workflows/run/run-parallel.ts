import { limits } from '../limits.ts';
import type { ParallelAction, Step } from '../source/program.ts';
import { isMap, mapOf, toJsonText, type Value } from '../value.ts';
import { raise, WorkflowError } from '../workflow-error.ts';
import { fillTemplate } from './fill-template.ts';
import type { Frame } from './run-context.ts';
import { declareLoopVariables, itemsOf } from './run-loop.ts';
import { runSteps } from './run-steps.ts';
import type { Scope } from './scope.ts';
import { Slots } from './slots.ts';

interface Work {
  readonly id: string;
  readonly steps: readonly Step[];
  prepare(scope: Scope): void;
}

/** Branches or iterations at once. All of them end before an error of any comes out, as UnhandledBranchError. */
export async function runParallel(action: ParallelAction, frame: Frame): Promise<void> {
  const { run } = frame;
  const parallelDepth = frame.parallelDepth + 1;
  if (parallelDepth > limits.parallelNesting)
    throw raise('ParallelNestingError', `parallel steps nest deeper than ${limits.parallelNesting}`);
  const works = await planWork(action, frame);
  const own = new Slots(await limitOf(action, frame));
  const failed: { readonly id: string; readonly error: WorkflowError }[] = [];

  // Whoever waits for branches gives its own place to them: nested parallel steps cannot block each other.
  if (frame.parallelDepth > 0) run.slots.giveBack();
  try {
    const outcomes = await Promise.allSettled(works.map(runOne));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  } finally {
    if (frame.parallelDepth > 0) await run.slots.take();
  }
  if (failed.length > 0) throw unhandled(failed);

  async function runOne({ id, steps, prepare }: Work): Promise<void> {
    await own.take();
    await run.slots.take();
    const scope = frame.scope.inner(action.shared);
    try {
      prepare(scope);
      await runSteps(steps, { ...frame, scope, parallelDepth });
    } catch (cause) {
      if (!(cause instanceof WorkflowError)) throw cause;
      failed.push({ id, error: cause });
    } finally {
      scope.leave();
      run.slots.giveBack();
      own.giveBack();
    }
  }
}

async function planWork({ work }: ParallelAction, frame: Frame): Promise<Work[]> {
  if (work.kind === 'branches')
    return work.branches.map(({ name, steps }) => ({ id: name, steps, prepare: () => undefined }));
  const { loop } = work;
  return (await itemsOf(loop, frame)).map((value, index) => ({
    id: String(index),
    steps: loop.steps,
    prepare: (scope) => declareLoopVariables(loop, value, index, scope),
  }));
}

async function limitOf({ concurrencyLimit }: ParallelAction, frame: Frame): Promise<number> {
  if (!concurrencyLimit) return Number.POSITIVE_INFINITY;
  const limit = await fillTemplate(concurrencyLimit, frame);
  if (typeof limit === 'bigint' && limit > 0n) return Number(limit);
  throw raise('ValueError', 'concurrency_limit is a positive int');
}

/** At most 100 of the errors are told. */
function unhandled(failed: readonly { readonly id: string; readonly error: WorkflowError }[]): WorkflowError {
  const told = failed.slice(0, 100);
  const branches: Value = told.map(({ id, error }) =>
    mapOf({ id, error: mapOf({ context: contextOf(error), payload: payloadOf(error.value) }) }),
  );
  return raise('UnhandledBranchError', 'One or more branches or iterations encountered an unhandled runtime error', {
    branches,
    truncated: failed.length > told.length,
  });
}

/** `RuntimeError: "…"` and the places it came through, as an execution's error has it. */
export function contextOf(error: WorkflowError): string {
  const places = error.trace.map(({ routine, step, line }) => `in step "${step}", routine "${routine}", line: ${line}`);
  return [`RuntimeError: ${JSON.stringify(error.message)}`, ...places].join('\n');
}

export function payloadOf(value: Value): string {
  return toJsonText(value) ?? JSON.stringify(isMap(value) ? String(value.get('message') ?? '') : '');
}
