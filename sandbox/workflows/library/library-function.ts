import { isList, isMap, type TypeName, typeOf, type Value, type ValueMap } from '../value.ts';
import { raise } from '../workflow-error.ts';

/** What a function of the standard library may know beside its arguments. */
export interface LibrarySurroundings {
  now(): Date;
  /** `GOOGLE_CLOUD_PROJECT_ID` and the like, and the workflow's own variables. */
  readonly env: ReadonlyMap<string, string>;
}

/** A function that waits for nothing: it can stand in expressions (arguments by place) and in `call` steps (by name). */
export interface LibraryFunction {
  readonly params: readonly string[];
  /** How many of `params` must be given; default all. */
  readonly required?: number;
  /** An argument that was not given is undefined. */
  run(args: readonly (Value | undefined)[], around: LibrarySurroundings): Value;
}

export type LibraryModule = Readonly<Record<string, LibraryFunction>>;

export function text(value: Value | undefined, what: string): string {
  if (typeof value === 'string') return value;
  throw wrongType(what, 'string', value);
}

export function whole(value: Value | undefined, what: string): number {
  if (typeof value === 'bigint') return Number(value);
  throw wrongType(what, 'int', value);
}

export function numeric(value: Value | undefined, what: string): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw wrongType(what, 'number', value);
}

export function list(value: Value | undefined, what: string): readonly Value[] {
  if (isList(value)) return value;
  throw wrongType(what, 'list', value);
}

export function map(value: Value | undefined, what: string): ValueMap {
  if (isMap(value)) return value;
  throw wrongType(what, 'map', value);
}

export function bytes(value: Value | undefined, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrongType(what, 'bytes', value);
}

function wrongType(what: string, want: TypeName | 'number', value: Value | undefined) {
  return raise('TypeError', `${what} is ${value === undefined ? 'missing' : typeOf(value)}, not ${want}`);
}
