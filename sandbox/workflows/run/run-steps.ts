import { evaluate } from '../expression/evaluate.ts';
import type { Step } from '../source/program.ts';
import { typeOf, type Value } from '../value.ts';
import { raise, WorkflowError } from '../workflow-error.ts';
import { assignPath } from './assign-path.ts';
import { addPlace } from './call-routine.ts';
import { fillTemplate, surroundingsOf } from './fill-template.ts';
import { runCall } from './run-call.ts';
import type { Frame, Signal } from './run-context.ts';
import { runLoop } from './run-loop.ts';
import { runParallel } from './run-parallel.ts';
import { runTry } from './run-try.ts';

const done: Signal = { kind: 'done' };

/** Runs a list from its top; `next` leads to another step of it, or out of it to a list around it. */
export async function runSteps(steps: readonly Step[], frame: Frame): Promise<Signal> {
  for (let at = 0; at < steps.length; ) {
    const step = steps[at];
    if (!step) break;
    const signal = await runStep(step, frame);
    if (signal.kind === 'done') {
      at++;
      continue;
    }
    const target = signal.kind === 'jump' ? steps.findIndex(({ name }) => name === signal.to) : -1;
    if (target < 0) return signal;
    at = target;
  }
  return done;
}

async function runStep(step: Step, frame: Frame): Promise<Signal> {
  frame.run.beginStep(frame.routine.name, step.name);
  try {
    const signal = await runAction(step, frame);
    return signal.kind === 'done' && step.next !== undefined ? signalOf(step.next) : signal;
  } catch (cause) {
    addPlace(cause, frame.routine.name, step.name, step.line);
    throw cause;
  }
}

function signalOf(next: string): Signal {
  if (next === 'end') return { kind: 'return', value: null };
  return next === 'break' || next === 'continue' ? { kind: next } : { kind: 'jump', to: next };
}

async function runAction({ action }: Step, frame: Frame): Promise<Signal> {
  switch (action.kind) {
    case 'assign':
      for (const { variable, path, value } of action.assignments) {
        const keys: Value[] = [];
        for (const key of path) keys.push(await evaluate(key, surroundingsOf(frame)));
        const worth = await fillTemplate(value, frame);
        // To read and to write are two things: between them the other branches get their turn.
        if (frame.scope.isShared(variable)) await turn();
        frame.scope.assign(variable, keys.length === 0 ? worth : assignPath(frame.scope.get(variable), keys, worth));
      }
      return done;
    case 'call': {
      const result = await runCall(action, frame);
      if (action.result !== undefined) frame.scope.assign(action.result, result);
      return done;
    }
    case 'switch':
      for (const { condition, then } of action.conditions) {
        const holds = await fillTemplate(condition, frame);
        if (typeof holds !== 'boolean') throw raise('TypeError', `a condition is a boolean, not ${typeOf(holds)}`);
        if (holds) return runSteps([then], frame);
      }
      return done;
    case 'for':
      return runLoop(action.loop, frame);
    case 'parallel':
      await runParallel(action, frame);
      return done;
    case 'try':
      return runTry(action, frame);
    case 'raise':
      throw new WorkflowError(await fillTemplate(action.value, frame));
    case 'return':
      return { kind: 'return', value: await fillTemplate(action.value, frame) };
    case 'steps':
      return runSteps(action.steps, frame);
    case 'jump':
      return done;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
