import type { Expression } from '../expression/expression.ts';
import type { Value } from '../value.ts';

/** A workflow as it runs. */
export interface Program {
  readonly routines: ReadonlyMap<string, Routine>;
}

/** `main` or a subworkflow. */
export interface Routine {
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly steps: readonly Step[];
}

export interface Parameter {
  readonly name: string;
  /** Absent: it must be given. */
  readonly byDefault?: Value;
}

/** A value that may have expressions in it. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Template, value: Template])[] };

export interface Step {
  /** Empty for the single step of a `try` or of a condition. */
  readonly name: string;
  readonly line: number;
  readonly action: Action;
  /** A step's name, `end`, `break` or `continue`. */
  readonly next?: string;
}

export type Action =
  | { readonly kind: 'assign'; readonly assignments: readonly Assignment[] }
  | CallAction
  | { readonly kind: 'switch'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'for'; readonly loop: Loop }
  | ParallelAction
  | TryAction
  | { readonly kind: 'raise'; readonly value: Template }
  | { readonly kind: 'return'; readonly value: Template }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  /** Nothing but `next`. */
  | { readonly kind: 'jump' };

export interface Assignment {
  readonly line: number;
  readonly variable: string;
  /** `m.k[i]`: the parts below the variable. */
  readonly path: readonly Expression[];
  readonly value: Template;
}

export interface CallAction {
  readonly kind: 'call';
  readonly function: string;
  readonly args: ReadonlyMap<string, Template>;
  readonly result?: string;
}

export interface Condition {
  readonly line: number;
  readonly condition: Template;
  readonly then: Step;
}

export interface Loop {
  readonly value: string;
  readonly index?: string;
  readonly over: { readonly kind: 'in' | 'range'; readonly template: Template };
  readonly steps: readonly Step[];
}

export interface ParallelAction {
  readonly kind: 'parallel';
  readonly shared: readonly string[];
  readonly concurrencyLimit?: Template;
  readonly work:
    | { readonly kind: 'branches'; readonly branches: readonly Branch[] }
    | { readonly kind: 'for'; readonly loop: Loop };
}

export interface Branch {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface TryAction {
  readonly kind: 'try';
  readonly body: readonly Step[];
  readonly retry?: Retry;
  readonly except?: { readonly as?: string; readonly steps: readonly Step[] };
}

export interface Retry {
  readonly line: number;
  /** A predicate of the library or the name of a subworkflow; absent: every error. */
  readonly predicate?: string;
  readonly maxRetries: Template;
  readonly initialDelay: Template;
  readonly maxDelay: Template;
  readonly multiplier: Template;
}
