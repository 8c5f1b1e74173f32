import { limits } from '../limits.ts';
import { type Compiling, compileSteps, isVariableName } from './compile-steps.ts';
import { compileTemplate } from './compile-template.ts';
import type { Action, Branch, Loop, ParallelAction, Template } from './program.ts';
import { entryOf, type SourceNode, textOf } from './source-node.ts';

/** `for`, alone or in `parallel`. */
export function compileLoop(node: SourceNode, where: string, c: Compiling): Loop {
  checkKeys(node, ['value', 'index', 'in', 'range', 'steps'], `${where}: 'for'`, c);
  const value = textOf(entryOf(node, 'value')?.value);
  const index = textOf(entryOf(node, 'index')?.value);
  if (!isVariableName(value))
    c.problems.add('value', node.line, `${where}: 'for' wants 'value', the name of a variable`);
  if (entryOf(node, 'index') && !isVariableName(index))
    c.problems.add('value', node.line, `${where}: 'index' is not the name of a variable`);
  const given = [entryOf(node, 'in'), entryOf(node, 'range')].filter((entry) => entry !== undefined);
  if (given.length !== 1) c.problems.add('step', node.line, `${where}: 'for' wants either 'in' or 'range'`);
  const template: Template = given[0]
    ? compileTemplate(given[0].value, c.problems, where)
    : { kind: 'constant', value: [] };
  return {
    value: value ?? '',
    ...(index === undefined ? {} : { index }),
    over: { kind: given[0]?.key === 'range' ? 'range' : 'in', template },
    steps: compileSteps(entryOf(node, 'steps')?.value, node.line, inner(where), c),
  };
}

export function compileParallel(node: SourceNode, where: string, c: Compiling): Action {
  checkKeys(node, ['shared', 'concurrency_limit', 'exception_policy', 'branches', 'for'], `${where}: 'parallel'`, c);
  const policy = entryOf(node, 'exception_policy');
  if (policy && textOf(policy.value) !== 'continueAll')
    c.problems.add('value', policy.line, `${where}: the only 'exception_policy' is continueAll`);
  const limit = entryOf(node, 'concurrency_limit');
  const concurrencyLimit = limit && compileTemplate(limit.value, c.problems, where);
  if (limit && concurrencyLimit?.kind === 'constant' && !isPositive(concurrencyLimit.value))
    c.problems.add('value', limit.line, `${where}: 'concurrency_limit' is a positive number`);
  return {
    kind: 'parallel',
    shared: compileShared(node, where, c),
    ...(concurrencyLimit ? { concurrencyLimit } : {}),
    work: compileWork(node, where, c),
  };
}

function compileWork(node: SourceNode, where: string, c: Compiling): ParallelAction['work'] {
  const branches = entryOf(node, 'branches');
  const loop = entryOf(node, 'for');
  if ((branches === undefined) === (loop === undefined))
    c.problems.add('step', node.line, `${where}: 'parallel' wants either 'branches' or 'for'`);
  if (loop) return { kind: 'for', loop: compileLoop(loop.value, where, c) };
  return { kind: 'branches', branches: branches ? compileBranches(branches.value, where, c) : [] };
}

function compileBranches(node: SourceNode, where: string, c: Compiling): Branch[] {
  if (node.kind !== 'list' || node.items.length < 2) {
    c.problems.add('empty', node.line, `${where}: 'branches' wants a list of two or more`);
    return [];
  }
  if (node.items.length > limits.branches)
    c.problems.add(
      'too-many-branches',
      node.line,
      `${where}: ${node.items.length} branches, ${limits.branches} are allowed`,
    );
  return node.items.flatMap((item) => {
    const entry = item.kind === 'map' && item.entries.length === 1 ? item.entries[0] : undefined;
    if (entry?.value.kind !== 'map') {
      c.problems.add('step', item.line, `${where}: a branch has one key, its name, and 'steps' below it`);
      return [];
    }
    checkKeys(entry.value, ['steps'], `${where}: branch '${entry.key}'`, c);
    return [
      { name: entry.key, steps: compileSteps(entryOf(entry.value, 'steps')?.value, entry.line, inner(where), c) },
    ];
  });
}

function compileShared(node: SourceNode, where: string, c: Compiling): string[] {
  const shared = entryOf(node, 'shared');
  if (!shared) return [];
  const names = shared.value.kind === 'list' ? shared.value.items.map(textOf) : [undefined];
  if (!names.every(isVariableName))
    c.problems.add('shared-variable', shared.line, `${where}: 'shared' is not a list of names`);
  return names.filter(isVariableName);
}

/** An entry that the construct does not know is refused by its name. */
export function checkKeys(node: SourceNode, known: readonly string[], where: string, c: Compiling): void {
  if (node.kind !== 'map') {
    c.problems.add('step', node.line, `${where}: expected a map`);
    return;
  }
  for (const { key, line } of node.entries)
    if (!known.includes(key)) c.problems.add('unknown-step-kind', line, `${where}: unexpected entry '${key}'`);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'bigint' && value > 0n;
}

function inner(where: string): string {
  return where.slice(where.indexOf(', ') + 2);
}
