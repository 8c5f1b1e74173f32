import type { Value } from '../value.ts';

export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'not in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%';

/** What stands between `${` and `}`. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'variable'; readonly name: string }
  /** `a.b`, `a["b"]`, `a[0]` */
  | { readonly kind: 'part'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** `http.default_retry` as text; undefined where the expression is more than names with dots. */
export function dottedName(expression: Expression): string | undefined {
  if (expression.kind === 'variable') return expression.name;
  if (expression.kind !== 'part' || expression.key.kind !== 'literal' || typeof expression.key.value !== 'string')
    return undefined;
  const of = dottedName(expression.of);
  return of === undefined ? undefined : `${of}.${expression.key.value}`;
}

/** The functions that an expression calls, with the number of arguments. */
export function* callsIn(expression: Expression): Generator<{ readonly name: string; readonly count: number }> {
  switch (expression.kind) {
    case 'literal':
    case 'variable':
      return;
    case 'part':
      yield* callsIn(expression.of);
      yield* callsIn(expression.key);
      return;
    case 'list':
      for (const item of expression.items) yield* callsIn(item);
      return;
    case 'call':
      yield { name: expression.name, count: expression.args.length };
      for (const argument of expression.args) yield* callsIn(argument);
      return;
    case 'unary':
      yield* callsIn(expression.operand);
      return;
    case 'binary':
      yield* callsIn(expression.left);
      yield* callsIn(expression.right);
  }
}
