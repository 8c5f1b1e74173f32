import { limits } from '../limits.ts';
import { compileAssign } from './compile-assign.ts';
import { compileLoop, compileParallel } from './compile-parallel.ts';
import { compileTemplate } from './compile-template.ts';
import { compileTry } from './compile-try.ts';
import type { Problems } from './problems.ts';
import type { Action, CallAction, Condition, Step } from './program.ts';
import { entryOf, type SourceNode, textOf } from './source-node.ts';

/** What every part of the compiler knows. */
export interface Compiling {
  readonly problems: Problems;
  readonly routine: string;
}

/** Which keys may stand beside each kind of step. */
const companions: Readonly<Record<string, readonly string[]>> = {
  assign: ['next'],
  call: ['args', 'result', 'next'],
  switch: ['next'],
  for: ['next'],
  parallel: ['next'],
  try: ['retry', 'except', 'next'],
  raise: [],
  return: [],
  steps: ['next'],
};
const kinds = Object.keys(companions);

/** `- name: {…}`, one key each. */
export function compileSteps(node: SourceNode | undefined, line: number, what: string, c: Compiling): Step[] {
  if (node?.kind !== 'list' || node.items.length === 0) {
    c.problems.add('empty', node?.line ?? line, `in workflow '${c.routine}', ${what}: expected a list of steps`);
    return [];
  }
  return node.items.flatMap((item) => {
    const entry = item.kind === 'map' ? item.entries[0] : undefined;
    if (item.kind !== 'map' || !entry || item.entries.length !== 1) {
      const keys = item.kind === 'map' ? item.entries.map(({ key }) => `'${key}'`).join(', ') : item.kind;
      c.problems.add(
        'step',
        item.line,
        `in workflow '${c.routine}', ${what}: a step has one key, its name; got ${keys}`,
      );
      return [];
    }
    return compileBody(entry.key, entry.value, entry.line, c);
  });
}

/** What a step does. A condition and a `try` hold such a body without a name. */
export function compileBody(
  name: string,
  node: SourceNode,
  line: number,
  c: Compiling,
  options: { readonly besides?: readonly string[]; readonly withoutNext?: boolean; readonly label?: string } = {},
): Step {
  const where = `in workflow '${c.routine}', ${options.label ?? `step '${name}'`}`;
  const empty: Step = { name, line, action: { kind: 'jump' } };
  if (node.kind === 'list' && options.withoutNext)
    return { name, line, action: { kind: 'steps', steps: compileSteps(node, line, where, c) } };
  if (node.kind !== 'map') {
    c.problems.add('step', line, `${where}: expected a map, got ${node.kind === 'list' ? 'a list' : 'a value'}`);
    return empty;
  }
  const present = node.entries.filter(({ key }) => !options.besides?.includes(key));
  const kind = kinds.find((each) => present.some(({ key }) => key === each));
  const allowed = new Set([kind ?? 'next', ...(kind ? (companions[kind] ?? []) : [])]);
  if (options.withoutNext) allowed.delete('next');
  for (const { key, line: at } of present) {
    if (allowed.has(key)) continue;
    c.problems.add(
      kinds.includes(key) || key === 'next' || key in keysOfKinds ? 'step' : 'unknown-step-kind',
      at,
      `${where}: unexpected entry '${key}'`,
    );
  }
  const nextNode = options.withoutNext ? undefined : entryOf(node, 'next');
  const next = textOf(nextNode?.value);
  if (nextNode && next === undefined)
    c.problems.add('jump', nextNode.line, `${where}: 'next' is not the name of a step`);
  if (!kind && next === undefined) {
    c.problems.add('step', line, `${where}: nothing to do: expected one of ${kinds.join(', ')}`);
    return empty;
  }
  const action: Action = kind ? compileAction(kind, node, line, where, c) : { kind: 'jump' };
  return { name, line, action, ...(next === undefined ? {} : { next }) };
}

const keysOfKinds: Readonly<Record<string, true>> = { args: true, result: true, retry: true, except: true };

function compileAction(kind: string, node: SourceNode, line: number, where: string, c: Compiling): Action {
  const entry = entryOf(node, kind);
  const value: SourceNode = entry?.value ?? { kind: 'scalar', value: null, line };
  switch (kind) {
    case 'assign':
      return compileAssign(value, where, c);
    case 'call':
      return compileCall(node, where, c);
    case 'switch':
      return { kind, conditions: compileConditions(value, where, c) };
    case 'for':
      return { kind, loop: compileLoop(value, where, c) };
    case 'parallel':
      return compileParallel(value, where, c);
    case 'try':
      return compileTry(node, where, c);
    case 'raise':
    case 'return':
      return { kind, value: compileTemplate(value, c.problems, where) };
    default:
      return { kind: 'steps', steps: compileSteps(value, line, where, c) };
  }
}

function compileCall(node: SourceNode, where: string, c: Compiling): CallAction {
  const name = textOf(entryOf(node, 'call')?.value);
  const args = entryOf(node, 'args');
  const result = entryOf(node, 'result');
  const line = entryOf(node, 'call')?.line ?? node.line;
  if (name === undefined) c.problems.add('unknown-function', line, `${where}: 'call' is not the name of a function`);
  if (args && args.value.kind !== 'map') c.problems.add('argument', args.line, `${where}: 'args' is not a map`);
  const variable = textOf(result?.value);
  if (result && !isVariableName(variable)) c.problems.add('value', result.line, `${where}: 'result' is not a name`);
  const entries = args?.value.kind === 'map' ? args.value.entries : [];
  return {
    kind: 'call',
    function: name ?? '',
    args: new Map(entries.map(({ key, value }) => [key, compileTemplate(value, c.problems, where)])),
    ...(variable === undefined ? {} : { result: variable }),
  };
}

export function isVariableName(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z_]\w*$/.test(text);
}

function compileConditions(node: SourceNode, where: string, c: Compiling): Condition[] {
  if (node.kind !== 'list' || node.items.length === 0) {
    c.problems.add('empty', node.line, `${where}: 'switch' wants a list of conditions`);
    return [];
  }
  if (node.items.length > limits.conditions)
    c.problems.add(
      'too-many-conditions',
      node.line,
      `${where}: ${node.items.length} conditions, ${limits.conditions} are allowed`,
    );
  return node.items.flatMap((item) => {
    const condition = entryOf(item, 'condition');
    if (!condition) {
      c.problems.add('step', item.line, `${where}: a case of 'switch' without 'condition'`);
      return [];
    }
    const then = compileBody('', item, item.line, c, {
      besides: ['condition'],
      label: where.slice(where.indexOf(', ') + 2),
    });
    return [{ line: item.line, condition: compileTemplate(condition.value, c.problems, where), then }];
  });
}
