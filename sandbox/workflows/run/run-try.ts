import { retryPolicies, retryPredicates } from '../library/retry-policies.ts';
import type { Retry, Template, TryAction } from '../source/program.ts';
import { typeOf, type Value } from '../value.ts';
import { raise, WorkflowError } from '../workflow-error.ts';
import { callRoutine } from './call-routine.ts';
import { fillTemplate } from './fill-template.ts';
import type { Frame, Signal } from './run-context.ts';
import { runSteps } from './run-steps.ts';

/** The whole block, again as long as the policy wants it, then `except`. A retry of N makes N + 1 attempts. */
export async function runTry(action: TryAction, frame: Frame): Promise<Signal> {
  try {
    return await attempt(action, frame);
  } catch (cause) {
    if (!(cause instanceof WorkflowError) || !action.except) throw cause;
    const scope = frame.scope.inner();
    try {
      if (action.except.as !== undefined) scope.declare(action.except.as, cause.value);
      return await runSteps(action.except.steps, { ...frame, scope });
    } finally {
      scope.leave();
    }
  }
}

async function attempt({ body, retry }: TryAction, frame: Frame): Promise<Signal> {
  if (!retry) return runSteps(body, frame);
  const policy = await readPolicy(retry, frame);
  let delay = policy.initialDelay;
  for (let retries = 0; ; retries++) {
    try {
      return await runSteps(body, frame);
    } catch (cause) {
      if (!(cause instanceof WorkflowError) || retries >= policy.maxRetries) throw cause;
      if (!(await isRetried(retry, cause, frame))) throw cause;
    }
    await frame.run.outside.sleep(delay, frame.run.signal);
    delay = Math.min(delay * policy.multiplier, policy.maxDelay);
  }
}

interface Policy {
  readonly maxRetries: number;
  /** Seconds. */
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly multiplier: number;
}

async function readPolicy(retry: Retry, frame: Frame): Promise<Policy> {
  const number = async (template: Template, what: string) => {
    const value = await fillTemplate(template, frame);
    if (typeof value !== 'bigint' && typeof value !== 'number')
      throw raise('TypeError', `${what} is a number, not ${typeOf(value)}`);
    return Number(value);
  };
  return {
    maxRetries: await number(retry.maxRetries, 'max_retries'),
    initialDelay: await number(retry.initialDelay, 'initial_delay'),
    maxDelay: await number(retry.maxDelay, 'max_delay'),
    multiplier: await number(retry.multiplier, 'multiplier'),
  };
}

async function isRetried({ predicate }: Retry, error: WorkflowError, frame: Frame): Promise<boolean> {
  if (predicate === undefined) return true;
  const known = retryPredicates.get(predicate) ?? retryPolicies.get(predicate);
  if (known) return known(error.value);
  const routine = frame.run.program.routines.get(predicate);
  const parameter = routine?.params.find(({ byDefault }) => byDefault === undefined);
  if (!routine || !parameter) return false;
  const answer: Value = await callRoutine(routine, new Map([[parameter.name, error.value]]), frame);
  if (typeof answer === 'boolean') return answer;
  throw raise('TypeError', `predicate ${predicate} gave ${typeOf(answer)}, not a boolean`);
}
