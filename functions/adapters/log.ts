import type { Logger } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { scrub } from './scrub.ts';

export interface LogOptions {
  /** Written with every line. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Takes one line without its line end; default: stdout. */
  readonly write?: (line: string) => void;
}

/**
 * One JSON object a line, in the fields that Cloud Logging understands. Secrets are taken out; an error becomes
 * `{code, message, hint}`, with its stack when nobody expected it.
 */
export function createLog(options: LogOptions = {}): Logger {
  const { fields = {}, write = (line) => process.stdout.write(`${line}\n`) } = options;
  const print = (severity: string) => (message: string, more?: Readonly<Record<string, unknown>>) => {
    const all = Object.entries({ ...fields, ...more }).map(([key, value]) => [key, readable(value)]);
    const line = { severity, message };
    write(JSON.stringify(Object.assign({ ...line }, scrub(Object.fromEntries(all)), line)));
  };
  return {
    debug: print('DEBUG'),
    info: print('INFO'),
    warn: print('WARNING'),
    error: print('ERROR'),
    child: (more) => createLog({ fields: { ...fields, ...more }, write }),
  };
}

/** The field that ties lines to a request, from the W3C `traceparent` that the Functions Framework puts on an event. */
export function traceFields(event: unknown, project: string | undefined): Readonly<Record<string, string>> {
  const has = typeof event === 'object' && event !== null && 'traceparent' in event;
  const trace = has ? /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(event.traceparent))?.[1] : undefined;
  return trace && project ? { 'logging.googleapis.com/trace': `projects/${project}/traces/${trace}` } : {};
}

function readable(value: unknown): unknown {
  if (value instanceof AppError) {
    return { code: value.code, message: value.message, ...(value.hint === undefined ? {} : { hint: value.hint }) };
  }
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
