import { partOf } from '../expression/evaluate.ts';
import { isList, isMap, typeOf, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';

/** `of` with the part at `keys` replaced. The last key of a map may be new; everything before it, and a place in a list, exists. */
export function assignPath(of: Value, [key, ...rest]: readonly Value[], value: Value): Value {
  if (key === undefined) return value;
  const part = rest.length === 0 ? value : assignPath(partOf(of, key), rest, value);
  if (isMap(of)) {
    if (typeof key !== 'string') throw raise('TypeError', `a key of a map is a string, not ${typeOf(key)}`);
    return new Map(of).set(key, part);
  }
  if (isList(of)) {
    partOf(of, key);
    return of.with(Number(key), part);
  }
  throw raise('TypeError', `${typeOf(of)} has no parts`);
}
