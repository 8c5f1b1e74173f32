import type { RequestRow } from '../sandbox/request-log.ts';

export interface Calls {
  readonly all: number;
  /** To Cloud Run: services and their policies. */
  readonly run: number;
  /** Changes of policies. */
  readonly writes: number;
  /** Tasks put into the queue. */
  readonly tasks: number;
}

/** Google API calls of these accounts among the rows of a request log. */
export function countCalls(rows: readonly RequestRow[], emails: readonly string[]): Calls {
  const own = rows.filter(({ kind, caller }) => kind === 'api' && caller !== undefined && emails.includes(caller));
  const count = (method: RegExp) => own.filter((row) => method.test(row.method ?? '')).length;
  return {
    all: own.length,
    run: count(/^run\./),
    writes: count(/\.setIamPolicy$/),
    tasks: count(/^cloudtasks\..*\.tasks\.create$/),
  };
}
