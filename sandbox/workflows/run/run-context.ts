import type { LibrarySurroundings } from '../library/library-function.ts';
import { limits } from '../limits.ts';
import type { Program, Routine } from '../source/program.ts';
import type { Value, ValueMap } from '../value.ts';
import { Cancelled, raise } from '../workflow-error.ts';
import { Memory } from './memory.ts';
import type { Scope } from './scope.ts';
import { Slots } from './slots.ts';

/** What a running workflow reaches outside of itself; each may throw WorkflowError. */
export interface Outside extends LibrarySurroundings {
  http(request: HttpRequest, signal: AbortSignal): Promise<ValueMap>;
  log(entry: { readonly severity: string; readonly message: Value }): void;
  /** Seconds by the workflow's clock. Rejects with Cancelled. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
  createCallback(method: string): ValueMap;
  /** Throws TimeoutError. */
  awaitCallback(callback: ValueMap, seconds: number, signal: AbortSignal): Promise<ValueMap>;
}

export interface HttpRequest {
  readonly method: string;
  readonly args: ReadonlyMap<string, Value>;
}

/** One execution: what all of its routines and branches share. */
export class RunContext {
  readonly program: Program;
  readonly outside: Outside;
  readonly signal: AbortSignal;
  readonly memory = new Memory();
  readonly slots = new Slots(limits.concurrency);
  /** The step that was begun last in each routine that runs. */
  currentStep: { readonly routine: string; readonly step: string } | undefined;
  #steps = 0;

  constructor(program: Program, outside: Outside, signal: AbortSignal) {
    this.program = program;
    this.outside = outside;
    this.signal = signal;
  }

  /** Throws when the execution is cancelled or has made too many steps. */
  beginStep(routine: string, step: string): void {
    if (this.signal.aborted) throw new Cancelled();
    if (step === '') return;
    if (++this.#steps > limits.steps)
      throw raise('ResourceLimitError', `the execution exceeds the limit of ${limits.steps} steps`);
    this.currentStep = { routine, step };
  }
}

/** Where a step runs. */
export interface Frame {
  readonly run: RunContext;
  readonly routine: Routine;
  readonly scope: Scope;
  /** Calls of subworkflows above this one. */
  readonly callDepth: number;
  readonly parallelDepth: number;
}

/** How a list of steps ended. */
export type Signal =
  | { readonly kind: 'done' }
  | { readonly kind: 'jump'; readonly to: string }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'return'; readonly value: Value };
