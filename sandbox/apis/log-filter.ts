import { GoogleError } from '../api.ts';
import type { LogEntry } from '../cloud.ts';
import { objectIn } from './parse-object.ts';

type Test = (entry: LogEntry) => boolean;

const term = /^\s*([a-zA-Z_][\w.]*|"[^"]+")\s*(>=|<=|!=|=|>|<|:)\s*("(?:[^"\\]|\\.)*"|\([^()]*\)|[^\s()"]+)\s*/;
const comparable = new Set(['timestamp', 'receiveTimestamp']);
const exact =
  /^(logName|severity|insertId|resource\.(type|labels\.\w+)|operation\.(id|producer|first|last)|labels\.[\w]+|protoPayload\.[\w.]+)$/;

/**
 * Reads the part of Google's logging query language that clients of the sandbox need: comparisons joined by AND (or set
 * side by side), times with any order, other fields with `=` and with a list `=("a" OR "b")`. Anything else: 400 that
 * names what is not supported, so that no filter is silently wider than meant.
 */
export function parseLogFilter(filter: string): Test {
  const tests: Test[] = [];
  let rest = filter.trim();
  while (rest !== '') {
    const [whole, field, operator, value] = term.exec(rest) ?? [];
    if (whole === undefined || field === undefined || operator === undefined || value === undefined)
      throw unsupported(rest);
    tests.push(buildTest(field, operator, value));
    rest = rest.slice(whole.length).replace(/^AND\s+/, '');
  }
  return (entry) => tests.every((test) => test(entry));
}

function buildTest(field: string, operator: string, value: string): Test {
  if (comparable.has(field)) return buildTimeTest(field, operator, value);
  if (operator !== '=' || !exact.test(field)) throw unsupported(`${field}${operator}${value}`);
  const wanted = parseValues(value);
  return (entry) => wanted.includes(valueAt(entry, field));
}

function buildTimeTest(field: string, operator: string, value: string): Test {
  const limit = Date.parse(unquote(value));
  if (Number.isNaN(limit)) throw unsupported(`${field}${operator}${value}`);
  const holds: Readonly<Record<string, (at: number) => boolean>> = {
    '>=': (at) => at >= limit,
    '<=': (at) => at <= limit,
    '>': (at) => at > limit,
    '<': (at) => at < limit,
    '=': (at) => at === limit,
  };
  const test = holds[operator];
  if (!test) throw unsupported(`${field}${operator}${value}`);
  return (entry) => test(Date.parse(valueAt(entry, field) ?? ''));
}

/** `"a"`, or `("a" OR "b")`. */
function parseValues(value: string): (string | undefined)[] {
  if (!value.startsWith('(')) return [unquote(value)];
  return value
    .slice(1, -1)
    .split(/\s+OR\s+/)
    .map((item) => {
      if (!/^\s*("(?:[^"\\]|\\.)*"|[^\s"]+)\s*$/.test(item)) throw unsupported(value);
      return unquote(item.trim());
    });
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}

function valueAt(entry: LogEntry, path: string): string | undefined {
  let value: unknown = entry;
  for (const name of path.split('.')) value = objectIn(value)?.[name];
  return value === undefined ? undefined : String(value);
}

function unsupported(part: string): GoogleError {
  return new GoogleError(
    400,
    'INVALID_ARGUMENT',
    `Unparseable filter: the sandbox does not support '${part.slice(0, 120)}'.`,
  );
}
