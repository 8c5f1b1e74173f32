import type { Expression } from '../expression/expression.ts';
import { limits } from '../limits.ts';
import type { Compiling } from './compile-steps.ts';
import { compileExpression, compileTemplate } from './compile-template.ts';
import type { Action, Assignment } from './program.ts';
import type { SourceNode } from './source-node.ts';

/** `assign`: a list of maps with one key each. */
export function compileAssign(node: SourceNode, where: string, c: Compiling): Action {
  if (node.kind !== 'list' || node.items.length === 0) {
    c.problems.add('empty', node.line, `${where}: 'assign' wants a list of assignments`);
    return { kind: 'assign', assignments: [] };
  }
  if (node.items.length > limits.assignments)
    c.problems.add(
      'too-many-assignments',
      node.line,
      `${where}: ${node.items.length} assignments, ${limits.assignments} are allowed`,
    );
  return { kind: 'assign', assignments: node.items.flatMap((item) => compileAssignment(item, where, c)) };
}

function compileAssignment(item: SourceNode, where: string, c: Compiling): Assignment[] {
  const entry = item.kind === 'map' ? item.entries[0] : undefined;
  if (item.kind !== 'map' || !entry || item.entries.length !== 1) {
    c.problems.add('step', item.line, `${where}: an assignment has one key, its variable`);
    return [];
  }
  const target = compileExpression(entry.key, entry.line, c.problems, where);
  if (!target) return [];
  const path = pathOf(target);
  if (!path) {
    c.problems.add('value', entry.line, `${where}: cannot assign to ${JSON.stringify(entry.key)}`);
    return [];
  }
  return [{ line: entry.line, ...path, value: compileTemplate(entry.value, c.problems, where) }];
}

function pathOf(target: Expression): { readonly variable: string; readonly path: Expression[] } | undefined {
  if (target.kind === 'variable') return { variable: target.name, path: [] };
  if (target.kind !== 'part') return undefined;
  const above = pathOf(target.of);
  return above && { variable: above.variable, path: [...above.path, target.key] };
}
