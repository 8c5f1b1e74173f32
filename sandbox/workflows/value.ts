/** A value of the Workflows language: int64 is a bigint, double a number, bytes a Uint8Array. Values are never changed in place: to assign a part of one makes new ones. */
export type Value = null | boolean | string | bigint | number | Uint8Array | readonly Value[] | ValueMap;

export interface ValueMap extends ReadonlyMap<string, Value> {}

export type TypeName = 'null' | 'boolean' | 'string' | 'int' | 'double' | 'bytes' | 'list' | 'map';

export function typeOf(value: Value): TypeName {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return 'bytes';
  if (isMap(value)) return 'map';
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    default:
      return 'list';
  }
}

export function isMap(value: unknown): value is ValueMap {
  return value instanceof Map;
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

export function mapOf(entries: Readonly<Record<string, Value>>): ValueMap {
  return new Map(Object.entries(entries));
}

/** Anything that JSON or YAML gives; whole numbers become int64, and `undefined` null. */
export function toValue(json: unknown): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (typeof json === 'string' || typeof json === 'boolean' || typeof json === 'bigint') return json;
  if (json instanceof Uint8Array) return json;
  if (Array.isArray(json)) return json.map(toValue);
  return new Map(Object.entries(json).map(([key, value]) => [key, toValue(value)]));
}

/** JSON text as a value: `1` is an int64, `1.0` a double. Throws SyntaxError. */
export function parseJsonValue(text: string): Value {
  const keepKind = (_key: string, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number') return value;
    const source = context?.source ?? String(value);
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  };
  return toJsonTree(JSON.parse(text, keepKind));
}

/** Doubles stay doubles, unlike in `toValue`. */
function toJsonTree(json: unknown): Value {
  if (typeof json === 'number') return json;
  if (Array.isArray(json)) return json.map(toJsonTree);
  if (typeof json === 'object' && json !== null)
    return new Map(Object.entries(json).map(([key, value]) => [key, toJsonTree(value)]));
  return toValue(json);
}

/** JSON text of a value; a double that is whole keeps its `.0`. Undefined where there are bytes in it, which JSON cannot say. */
export function toJsonText(value: Value, indent = ''): string | undefined {
  return write(value, indent, indent === '' ? '' : '\n');
}

function write(value: Value, indent: string, margin: string): string | undefined {
  if (value instanceof Uint8Array) return undefined;
  if (isMap(value))
    return bracket('{}', [...value], margin, indent, ([key, each], inner) => {
      const text = write(each, indent, inner);
      return text === undefined ? undefined : `${JSON.stringify(key)}:${indent === '' ? '' : ' '}${text}`;
    });
  if (isList(value)) return bracket('[]', value, margin, indent, (each, inner) => write(each, indent, inner));
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return doubleText(value);
  return JSON.stringify(value);
}

function bracket<T>(
  [open = '', close = '']: string,
  items: readonly T[],
  margin: string,
  indent: string,
  one: (item: T, margin: string) => string | undefined,
): string | undefined {
  const inner = margin === '' ? '' : margin + indent;
  const texts = items.map((item) => one(item, inner));
  if (texts.some((text) => text === undefined)) return undefined;
  return texts.length === 0 ? open + close : open + inner + texts.join(`,${inner}`) + margin + close;
}

export function doubleText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}
