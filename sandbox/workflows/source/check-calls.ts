import { callsIn } from '../expression/expression.ts';
import { blocking } from '../library/blocking.ts';
import { library } from '../library/index.ts';
import { retryPolicies, retryPredicates } from '../library/retry-policies.ts';
import type { Problems } from './problems.ts';
import type { CallAction, Program, Routine, Step } from './program.ts';
import { expressionsOf, walkSteps } from './walk.ts';

/** Every function exists, gets the arguments it knows, and none that waits stands in an expression. */
export function checkCalls(routine: Routine, program: Program, problems: Problems): void {
  for (const step of walkSteps(routine.steps)) {
    const where = `in workflow '${routine.name}', step '${step.name}'`;
    for (const { expression, line } of expressionsOf(step))
      for (const { name, count } of callsIn(expression)) checkInExpression(name, count, line, where);
    if (step.action.kind === 'call') checkCall(step.action, step, where);
    const predicate = step.action.kind === 'try' ? step.action.retry?.predicate : undefined;
    if (predicate !== undefined) checkPredicate(predicate, step, where);
  }

  function checkInExpression(name: string, count: number, line: number, where: string): void {
    if (blocking.has(name)) {
      problems.add(
        'blocking-call-in-expression',
        line,
        `${where}: ${name} waits and cannot stand in an expression: use a call step`,
      );
      return;
    }
    const known = signatureOf(name);
    if (!known) {
      unknown(name, line, where);
      return;
    }
    if (count < known.required || count > known.params.length)
      problems.add(
        'argument',
        line,
        `${where}: ${name} takes ${countText(known)}, not ${count}: ${known.params.join(', ')}`,
      );
  }

  function checkCall(action: CallAction, { line }: Step, where: string): void {
    if (action.function === '') return;
    const waits = blocking.get(action.function);
    const known = signatureOf(action.function);
    if (!waits && !known) {
      unknown(action.function, line, where);
      return;
    }
    const params = waits?.params ?? known?.params ?? [];
    const required = waits?.required ?? params.slice(0, known?.required);
    for (const name of action.args.keys())
      if (!params.includes(name))
        problems.add(
          'argument',
          line,
          `${where}: ${action.function} has no argument '${name}', only ${params.join(', ') || 'none'}`,
        );
    for (const name of required)
      if (!action.args.has(name))
        problems.add('argument', line, `${where}: ${action.function} wants argument '${name}'`);
  }

  function checkPredicate(name: string, { line }: Step, where: string): void {
    if (retryPredicates.has(name) || retryPolicies.has(name)) return;
    const subworkflow = program.routines.get(name);
    if (!subworkflow) {
      unknown(name, line, where);
      return;
    }
    if (subworkflow.params.filter(({ byDefault }) => byDefault === undefined).length !== 1)
      problems.add('retry', line, `${where}: predicate ${name} must take one parameter, the error`);
  }

  function unknown(name: string, line: number, where: string): void {
    problems.add('unknown-function', line, `${where}: function '${name}' is not known${hints.get(name) ?? ''}`);
  }

  function signatureOf(name: string): { readonly params: readonly string[]; readonly required: number } | undefined {
    const found = library.get(name);
    if (found) return { params: found.params, required: found.required ?? found.params.length };
    const subworkflow = program.routines.get(name);
    return (
      subworkflow && {
        params: subworkflow.params.map((param) => param.name),
        required: subworkflow.params.filter(({ byDefault }) => byDefault === undefined).length,
      }
    );
  }
}

const hints = new Map([
  ['type', ': it is get_type'],
  ['sys.sleep_until', ': the sandbox has sys.sleep only'],
]);

function countText({ params, required }: { readonly params: readonly string[]; readonly required: number }): string {
  return required === params.length ? `${required}` : `${required} to ${params.length}`;
}
