import { type JsonObject, objectIn } from '../parse-object.ts';

/** `base` with the fields that an update mask names (`ingress,template.scaling`, snake or camel case) taken from `sent`; a field that `sent` lacks is cleared. No mask, or `*`: all of `sent`. */
export function applyFieldMask(base: JsonObject, sent: JsonObject, mask: string | null): JsonObject {
  const paths = (mask ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (paths.length === 0 || paths.includes('*')) return sent;
  return paths.reduce((merged, path) => setPath(merged, sent, path.split('.').map(toCamel)), base);
}

function setPath(base: JsonObject, sent: JsonObject, [head = '', ...rest]: string[]): JsonObject {
  if (rest.length > 0)
    return { ...base, [head]: setPath(objectIn(base[head]) ?? {}, objectIn(sent[head]) ?? {}, rest) };
  const { [head]: _old, ...others } = base;
  return sent[head] === undefined ? others : { ...others, [head]: sent[head] };
}

function toCamel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
