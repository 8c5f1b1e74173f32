import { doubleText, isList, isMap, typeOf, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { type LibraryModule, map } from './library-function.ts';

/** The functions without a module: conversions, `len`, `keys`, `if`, `default`. */
export const expressionHelpers: LibraryModule = {
  int: { params: ['x'], run: ([x]) => toInt(x ?? null) },
  double: { params: ['x'], run: ([x]) => toDouble(x ?? null) },
  string: { params: ['x'], run: ([x]) => toText(x ?? null) },
  len: { params: ['x'], run: ([x]) => BigInt(lengthOf(x ?? null)) },
  keys: { params: ['x'], run: ([x]) => [...map(x, 'keys: the argument').keys()] },
  get_type: { params: ['x'], run: ([x]) => typeOf(x ?? null) },
  default: { params: ['val', 'defaultVal'], run: ([value, other]) => value ?? other ?? null },
  if: {
    params: ['condition', 'ifTrue', 'ifFalse'],
    run: ([condition, ifTrue, ifFalse]) => {
      if (typeof condition !== 'boolean') throw raise('TypeError', 'if: the condition is not a boolean');
      return (condition ? ifTrue : ifFalse) ?? null;
    },
  },
};

function toInt(x: Value): Value {
  if (typeof x === 'bigint') return x;
  if (typeof x === 'number' && Number.isFinite(x)) return BigInt(Math.trunc(x));
  if (typeof x !== 'string') throw raise('TypeError', `int: cannot convert ${typeOf(x)}`);
  if (!/^[-+]?\d+$/.test(x)) throw raise('ValueError', `int: not a number: ${JSON.stringify(x.slice(0, 40))}`);
  return BigInt(x.replace('+', ''));
}

function toDouble(x: Value): Value {
  if (typeof x === 'bigint' || typeof x === 'number') return Number(x);
  if (typeof x !== 'string') throw raise('TypeError', `double: cannot convert ${typeOf(x)}`);
  if (x.trim() === '' || !Number.isFinite(Number(x)))
    throw raise('ValueError', `double: not a number: ${JSON.stringify(x.slice(0, 40))}`);
  return Number(x);
}

function toText(x: Value): Value {
  if (typeof x === 'string') return x;
  if (typeof x === 'number') return doubleText(x);
  if (typeof x === 'bigint' || typeof x === 'boolean') return String(x);
  throw raise('TypeError', `string: cannot convert ${typeOf(x)}`);
}

function lengthOf(x: Value): number {
  if (typeof x === 'string') return [...x].length;
  if (isList(x)) return x.length;
  if (isMap(x)) return x.size;
  throw raise('TypeError', `len: ${typeOf(x)} has no length`);
}
