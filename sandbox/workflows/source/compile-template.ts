import type { Expression } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { ExpressionError } from '../expression/tokenize.ts';
import { limits } from '../limits.ts';
import { mapOf, type Value } from '../value.ts';
import type { Problems } from './problems.ts';
import type { Template } from './program.ts';
import type { SourceNode } from './source-node.ts';

const nothing: Template = { kind: 'constant', value: null };

/** A value of the source with its expressions read. `where` says which step it belongs to. */
export function compileTemplate(node: SourceNode, problems: Problems, where: string): Template {
  if (node.kind === 'list')
    return fold({ kind: 'list', items: node.items.map((item) => compileTemplate(item, problems, where)) });
  if (node.kind === 'map') {
    const entries = node.entries.map(
      ({ key, value, line }) =>
        [compileText(key, line, problems, where), compileTemplate(value, problems, where)] as const,
    );
    return fold({ kind: 'map', entries });
  }
  const { value, line } = node;
  if (typeof value === 'string') return compileText(value, line, problems, where);
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number')
    return { kind: 'constant', value };
  problems.add('value', line, `${where}: a value of this kind is not known`);
  return nothing;
}

/** `${…}` and nothing around it is an expression; a text without `${` is itself. */
function compileText(text: string, line: number, problems: Problems, where: string): Template {
  const source = expressionIn(text);
  if (source !== undefined) {
    const expression = compileExpression(source, line, problems, where);
    return expression ? { kind: 'expression', expression, line } : nothing;
  }
  if (text.includes('${'))
    problems.add('expression-in-text', line, `${where}: an expression must be the whole value: ${quote(text)}`);
  return { kind: 'constant', value: text };
}

/** What stands between `${` and the last `}`; undefined for a text that is no expression. */
function expressionIn(text: string): string | undefined {
  return /^\s*\$\{([\s\S]*)\}\s*$/.exec(text)?.[1];
}

export function compileExpression(
  source: string,
  line: number,
  problems: Problems,
  where: string,
): Expression | undefined {
  if (source.length > limits.expressionLength)
    problems.add(
      'expression-length',
      line,
      `${where}: the expression has ${source.length} characters, ${limits.expressionLength} are allowed: ${quote(source)}`,
    );
  try {
    return parseExpression(source);
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    problems.add('expression', line, `${where}: ${cause.message} at character ${cause.at + 1} of ${quote(source)}`);
    return undefined;
  }
}

function fold(template: Template): Template {
  if (template.kind === 'list' && template.items.every((item) => item.kind === 'constant'))
    return { kind: 'constant', value: template.items.map(constantOf) };
  if (template.kind === 'map' && template.entries.every((pair) => pair.every((each) => each.kind === 'constant')))
    return {
      kind: 'constant',
      value: mapOf(
        Object.fromEntries(template.entries.map(([key, value]) => [String(constantOf(key)), constantOf(value)])),
      ),
    };
  return template;
}

function constantOf(template: Template): Value {
  return template.kind === 'constant' ? template.value : null;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
