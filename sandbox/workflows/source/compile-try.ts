import { dottedName } from '../expression/expression.ts';
import { defaultBackoff, defaultMaxRetries, retryPolicies } from '../library/retry-policies.ts';
import { toValue } from '../value.ts';
import { checkKeys } from './compile-parallel.ts';
import { type Compiling, compileBody, compileSteps, isVariableName } from './compile-steps.ts';
import { compileTemplate } from './compile-template.ts';
import type { Action, Retry, Template, TryAction } from './program.ts';
import { entryOf, type SourceEntry, type SourceNode, textOf } from './source-node.ts';

/** `try` with `retry` or `except` or both. */
export function compileTry(node: SourceNode, where: string, c: Compiling): Action {
  const body = entryOf(node, 'try');
  const retry = entryOf(node, 'retry');
  const except = entryOf(node, 'except');
  if (!retry && !except) c.problems.add('step', node.line, `${where}: 'try' wants 'retry' or 'except'`);
  const label = where.slice(where.indexOf(', ') + 2);
  const action: TryAction = {
    kind: 'try',
    body: body ? [compileBody('', body.value, body.line, c, { withoutNext: true, label })] : [],
  };
  return {
    ...action,
    ...(retry ? { retry: compileRetry(retry, where, c) } : {}),
    ...(except ? { except: compileExcept(except, where, label, c) } : {}),
  };
}

function compileExcept(
  entry: SourceEntry,
  where: string,
  label: string,
  c: Compiling,
): NonNullable<TryAction['except']> {
  checkKeys(entry.value, ['as', 'steps'], `${where}: 'except'`, c);
  const as = entryOf(entry.value, 'as');
  const name = textOf(as?.value);
  if (as && !isVariableName(name)) c.problems.add('value', as.line, `${where}: 'as' is not the name of a variable`);
  const steps = compileSteps(entryOf(entry.value, 'steps')?.value, entry.line, label, c);
  return { steps, ...(name === undefined ? {} : { as: name }) };
}

const constant = (value: number): Template => ({ kind: 'constant', value: toValue(value) });

/** `${http.default_retry}`, or a map of predicate, max_retries and backoff. */
function compileRetry({ value: node, line }: SourceEntry, where: string, c: Compiling): Retry {
  const defaults = {
    line,
    maxRetries: constant(defaultMaxRetries),
    initialDelay: constant(defaultBackoff.initialDelay),
    maxDelay: constant(defaultBackoff.maxDelay),
    multiplier: constant(defaultBackoff.multiplier),
  };
  if (node.kind !== 'map') {
    const name = nameIn(node, c, where);
    if (name === undefined || !retryPolicies.has(name))
      c.problems.add(
        'retry',
        line,
        `${where}: 'retry' is ${[...retryPolicies.keys()].map((each) => `\${${each}}`).join(' or ')} or a map`,
      );
    return { ...defaults, ...(name === undefined ? {} : { predicate: name }) };
  }
  checkKeys(node, ['predicate', 'max_retries', 'backoff'], `${where}: 'retry'`, c);
  const predicate = entryOf(node, 'predicate');
  const name = predicate && nameIn(predicate.value, c, where);
  if (predicate && name === undefined)
    c.problems.add('retry', predicate.line, `${where}: 'predicate' is not the name of a function`);
  const maxRetries = entryOf(node, 'max_retries');
  const backoff = entryOf(node, 'backoff')?.value;
  if (backoff) checkKeys(backoff, ['initial_delay', 'max_delay', 'multiplier'], `${where}: 'backoff'`, c);
  const of = (key: string, other: Template) => {
    const entry = entryOf(backoff, key);
    return entry ? compileTemplate(entry.value, c.problems, where) : other;
  };
  return {
    line,
    ...(name === undefined ? {} : { predicate: name }),
    maxRetries: maxRetries ? compileTemplate(maxRetries.value, c.problems, where) : defaults.maxRetries,
    initialDelay: of('initial_delay', defaults.initialDelay),
    maxDelay: of('max_delay', defaults.maxDelay),
    multiplier: of('multiplier', defaults.multiplier),
  };
}

function nameIn(node: SourceNode, c: Compiling, where: string): string | undefined {
  const template = compileTemplate(node, c.problems, where);
  return template.kind === 'expression' ? dottedName(template.expression) : undefined;
}
