import { limits } from '../limits.ts';
import type { Routine } from '../source/program.ts';
import type { Value } from '../value.ts';
import { raise, WorkflowError } from '../workflow-error.ts';
import type { Frame } from './run-context.ts';
import { runSteps } from './run-steps.ts';
import { Scope } from './scope.ts';

/** Runs a routine with variables of its own and gives what it returns; null where it just ends. Throws RecursionError when calls nest too deep. */
export async function callRoutine(
  routine: Routine,
  args: ReadonlyMap<string, Value>,
  from: Pick<Frame, 'run' | 'callDepth' | 'parallelDepth'>,
): Promise<Value> {
  const { run, parallelDepth } = from;
  const callDepth = from.callDepth + 1;
  // main counts as the first call of the stack.
  if (callDepth > limits.callDepth)
    throw raise('RecursionError', `the call stack exceeds the limit of ${limits.callDepth}`);
  const scope = new Scope(run.memory);
  try {
    for (const { name, byDefault } of routine.params) {
      const value = args.get(name) ?? byDefault;
      if (value === undefined) throw raise('ValueError', `${routine.name}: argument ${name} is missing`);
      scope.declare(name, value);
    }
    const signal = await runSteps(routine.steps, { run, routine, scope, callDepth, parallelDepth });
    return signal.kind === 'return' ? signal.value : null;
  } finally {
    scope.leave();
  }
}

export function addPlace(cause: unknown, routine: string, step: string, line: number): void {
  if (!(cause instanceof WorkflowError) || step === '') return;
  if (cause.trace.some((place) => place.routine === routine)) return;
  cause.trace.push({ routine, step, line });
}
