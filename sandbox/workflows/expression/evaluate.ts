import { isList, isMap, typeOf, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import type { Expression } from './expression.ts';
import { applyOperator, negate } from './operators.ts';

/** What an expression can see. */
export interface Surroundings {
  /** Throws KeyError. */
  variable(name: string): Value;
  call(name: string, args: readonly Value[]): Value | Promise<Value>;
}

/** Throws WorkflowError. `and` and `or` stop early; every argument of a function is worked out, those of `if` and `default` too. */
export async function evaluate(expression: Expression, around: Surroundings): Promise<Value> {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable':
      return around.variable(expression.name);
    case 'part':
      return partOf(await evaluate(expression.of, around), await evaluate(expression.key, around));
    case 'list':
      return evaluateAll(expression.items, around);
    case 'call':
      return around.call(expression.name, await evaluateAll(expression.args, around));
    case 'unary': {
      const operand = await evaluate(expression.operand, around);
      return expression.operator === '-' ? negate(operand) : !requireBoolean('not', operand);
    }
    case 'binary': {
      const left = await evaluate(expression.left, around);
      const { operator } = expression;
      if (operator === 'and' || operator === 'or') {
        if (requireBoolean(operator, left) === (operator === 'or')) return left;
        return requireBoolean(operator, await evaluate(expression.right, around));
      }
      return applyOperator(operator, left, await evaluate(expression.right, around));
    }
  }
}

async function evaluateAll(expressions: readonly Expression[], around: Surroundings): Promise<Value[]> {
  const values: Value[] = [];
  for (const each of expressions) values.push(await evaluate(each, around));
  return values;
}

/** `map[key]` or `list[index]`; a list counts from 0 and not from its end. */
export function partOf(of: Value, key: Value): Value {
  if (isMap(of)) {
    if (typeof key !== 'string') throw raise('TypeError', `a key of a map is a string, not ${typeOf(key)}`);
    const found = of.get(key);
    if (found === undefined) throw raise('KeyError', `key not found: ${key}`);
    return found;
  }
  if (isList(of)) {
    if (typeof key !== 'bigint') throw raise('TypeError', `an index of a list is an int, not ${typeOf(key)}`);
    const found = key < 0n ? undefined : of[Number(key)];
    if (found === undefined) throw raise('IndexError', `index out of range: ${key} of ${of.length}`);
    return found;
  }
  throw raise('TypeError', `${typeOf(of)} has no parts`);
}

function requireBoolean(operator: string, value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw raise('TypeError', `${operator} wants a boolean, not ${typeOf(value)}`);
}
