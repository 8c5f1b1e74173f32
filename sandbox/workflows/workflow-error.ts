import { isMap, mapOf, toJsonText, type Value } from './value.ts';

/** The tags that Workflows gives its errors, without those that nothing here can raise. */
export type ErrorTag =
  | 'AuthError'
  | 'ConnectionError'
  | 'ConnectionFailedError'
  | 'HttpError'
  | 'IndexError'
  | 'KeyError'
  | 'ParallelNestingError'
  | 'RecursionError'
  | 'ResourceLimitError'
  | 'ResponseTypeError'
  | 'SystemError'
  | 'TimeoutError'
  | 'TypeError'
  | 'UnhandledBranchError'
  | 'ValueError'
  | 'ZeroDivisionError';

export interface ErrorPlace {
  readonly routine: string;
  readonly step: string;
  readonly line: number;
}

/** An error that a workflow can catch: what `except: as: e` gets is `value`, a map with message and tags, or whatever `raise` was given. */
export class WorkflowError extends Error {
  readonly value: Value;
  /** From the innermost call outwards; filled in as the error passes through. */
  readonly trace: ErrorPlace[] = [];

  constructor(value: Value) {
    super(describe(value));
    this.name = 'WorkflowError';
    this.value = value;
  }
}

export function raise(tag: ErrorTag, message: string, more: Readonly<Record<string, Value>> = {}): WorkflowError {
  return new WorkflowError(mapOf({ message: `${tag}: ${message}`, tags: [tag], ...more }));
}

/** The tags of a caught error; empty where somebody raised a text or a map without any. */
export function tagsOf(value: Value): readonly Value[] {
  const tags = isMap(value) ? value.get('tags') : undefined;
  return Array.isArray(tags) ? tags : [];
}

function describe(value: Value): string {
  const message = isMap(value) ? value.get('message') : value;
  return typeof message === 'string' ? message : (toJsonText(value) ?? 'an error with bytes in it');
}

/** The execution was cancelled, or the runner stops: no workflow can catch this. */
export class Cancelled extends Error {
  constructor() {
    super('execution cancelled');
    this.name = 'Cancelled';
  }
}
