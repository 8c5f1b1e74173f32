import { randomUUID } from 'node:crypto';
import type { Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { type LibraryModule, numeric, text } from './library-function.ts';

/** `math.*`, `time.*`, `uuid.generate`, `sys.now` and `sys.get_env`. */
export const numbersAndTime: LibraryModule = {
  'math.abs': {
    params: ['x'],
    run: ([x]) => {
      const value = numeric(x, 'x');
      return value < 0 ? -value : value;
    },
  },
  'math.max': { params: ['x', 'y'], run: ([x, y]) => (numeric(x, 'x') >= numeric(y, 'y') ? (x ?? null) : (y ?? null)) },
  'math.min': { params: ['x', 'y'], run: ([x, y]) => (numeric(x, 'x') <= numeric(y, 'y') ? (x ?? null) : (y ?? null)) },
  'time.format': {
    params: ['seconds', 'timezone'],
    required: 1,
    run: ([seconds, timezone]) => formatTime(Number(numeric(seconds, 'seconds')), timezone),
  },
  'time.parse': {
    params: ['value'],
    run: ([value]) => {
      const at = Date.parse(text(value, 'value'));
      if (Number.isNaN(at)) throw raise('ValueError', `time.parse: not an ISO 8601 time: ${text(value, 'value')}`);
      return at / 1000;
    },
  },
  'uuid.generate': { params: [], run: () => randomUUID() },
  'sys.now': { params: [], run: (_args, { now }) => now().getTime() / 1000 },
  'sys.get_env': {
    params: ['name', 'default'],
    required: 1,
    run: ([name, other], { env }) => {
      const key = text(name, 'name');
      const found = env.get(key) ?? other;
      if (found !== undefined) return found;
      throw raise('KeyError', `environment variable not found: ${key}`);
    },
  },
};

/** UTC only: with a zone the form of the offset at Google is not known. */
function formatTime(seconds: number, timezone: Value | undefined): string {
  if (timezone !== undefined && timezone !== 'UTC')
    throw raise('ValueError', 'time.format: the sandbox knows UTC only');
  return new Date(seconds * 1000).toISOString().replace(/\.000Z$/, 'Z');
}
