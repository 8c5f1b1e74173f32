import { isList, isMap, typeOf, type Value } from '../value.ts';
import { raise, type WorkflowError } from '../workflow-error.ts';
import type { BinaryOperator } from './expression.ts';

type EagerOperator = Exclude<BinaryOperator, 'and' | 'or'>;

/** `left operator right`. Text and number never mix; lists and maps compare with null only. */
export function applyOperator(operator: EagerOperator, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
      return areEqual(left, right);
    case '!=':
      return !areEqual(left, right);
    case '<':
      return compare(operator, left, right) < 0;
    case '<=':
      return compare(operator, left, right) <= 0;
    case '>':
      return compare(operator, left, right) > 0;
    case '>=':
      return compare(operator, left, right) >= 0;
    case 'in':
      return isIn(left, right);
    case 'not in':
      return !isIn(left, right);
    case '+':
      if (typeof left === 'string' && typeof right === 'string') return left + right;
      return calculate(operator, left, right);
    default:
      return calculate(operator, left, right);
  }
}

function areEqual(left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return Number(left) === Number(right);
  if (left === null || right === null) return left === right;
  if (isCompound(left) || isCompound(right)) throw mismatch('==', left, right);
  return left === right;
}

export function negate(value: Value): Value {
  if (typeof value === 'bigint') return within64Bits(-value);
  if (typeof value === 'number') return -value;
  throw raise('TypeError', `cannot negate ${typeOf(value)}`);
}

function calculate(operator: '+' | '-' | '*' | '/' | '//' | '%', left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) throw mismatch(operator, left, right);
  if (['/', '//', '%'].includes(operator) && Number(right) === 0) throw raise('ZeroDivisionError', 'division by zero');
  if (typeof left === 'bigint' && typeof right === 'bigint' && operator !== '/')
    return calculateWhole(operator, left, right);
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a % b;
  }
}

function calculateWhole(operator: '+' | '-' | '*' | '//' | '%', a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return within64Bits(a + b);
    case '-':
      return within64Bits(a - b);
    case '*':
      return within64Bits(a * b);
    case '//':
      return a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
    case '%':
      return a % b;
  }
}

function compare(operator: string, left: Value, right: Value): number {
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  throw mismatch(operator, left, right);
}

function isIn(key: Value, container: Value): boolean {
  if (isMap(container)) {
    if (typeof key === 'string') return container.has(key);
    throw raise('TypeError', `a key of a map is a string, not ${typeOf(key)}`);
  }
  if (isList(container)) return container.some((item) => !isCompound(item) && !isCompound(key) && areEqual(item, key));
  throw mismatch('in', key, container);
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

function isCompound(value: Value): boolean {
  return typeof value === 'object' && value !== null;
}

function within64Bits(value: bigint): bigint {
  if (value === BigInt.asIntN(64, value)) return value;
  throw raise('ValueError', 'the number does not fit into 64 bits');
}

function mismatch(operator: string, left: Value, right: Value): WorkflowError {
  return raise('TypeError', `unsupported operand types for ${operator}: ${typeOf(left)} and ${typeOf(right)}`);
}
