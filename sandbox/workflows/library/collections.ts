import { isList, isMap, typeOf, type Value, type ValueMap } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { type LibraryModule, list, map, text } from './library-function.ts';

/** `list.*` and `map.*`: each gives a copy. */
export const collections: LibraryModule = {
  'list.concat': { params: ['objs', 'val'], run: ([objs, val]) => [...list(objs, 'objs'), val ?? null] },
  'list.prepend': { params: ['objs', 'val'], run: ([objs, val]) => [val ?? null, ...list(objs, 'objs')] },
  'map.get': { params: ['map', 'keys'], run: ([from, keys]) => get(from ?? null, keys ?? null) },
  'map.delete': {
    params: ['map', 'key'],
    run: ([from, key]) => {
      const name = text(key, 'key');
      return new Map([...map(from, 'map')].filter(([each]) => each !== name));
    },
  },
  'map.merge': {
    params: ['first', 'second'],
    run: ([first, second]) => new Map([...map(first, 'first'), ...map(second, 'second')]),
  },
  'map.merge_nested': {
    params: ['first', 'second'],
    run: ([first, second]) => mergeNested(map(first, 'first'), map(second, 'second')),
  },
};

/** One key or a list of them, each looked up in what the one before it gave; null where there is nothing to look in. */
function get(from: Value, keys: Value): Value {
  if (!isList(keys) && typeof keys !== 'string') throw raise('TypeError', `map.get: keys is ${typeOf(keys)}`);
  return [keys].flat().reduce<Value>((of, key) => {
    const name = text(key, 'map.get: a key');
    return isMap(of) ? (of.get(name) ?? null) : null;
  }, from);
}

function mergeNested(first: ValueMap, second: ValueMap): ValueMap {
  const merged = new Map(first);
  for (const [key, value] of second) {
    const old = merged.get(key);
    merged.set(key, isMap(old) && isMap(value) ? mergeNested(old, value) : value);
  }
  return merged;
}
