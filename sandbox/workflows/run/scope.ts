import type { Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { type Memory, measure } from './memory.ts';

interface Variable {
  readonly value: Value;
  readonly size: number;
}

/** The variables of a routine, a loop, an `except` or a parallel branch; the inner ones see the outer ones. */
export class Scope {
  readonly #memory: Memory;
  readonly #above: Scope | undefined;
  /** Of a branch: what of above it may assign. */
  readonly #shared: ReadonlySet<string> | undefined;
  readonly #variables = new Map<string, Variable>();

  constructor(memory: Memory, above?: Scope, shared?: readonly string[]) {
    this.#memory = memory;
    this.#above = above;
    this.#shared = shared && new Set(shared);
  }

  inner(shared?: readonly string[]): Scope {
    return new Scope(this.#memory, this, shared);
  }

  /** Throws KeyError. */
  get(name: string): Value {
    const holder = this.#holderOf(name);
    const variable = holder ? holder.scope.#variables.get(name) : undefined;
    if (variable) return variable.value;
    throw raise('KeyError', `variable not found: ${name}`);
  }

  /** Whether the variable belongs to the other branches too. */
  isShared(name: string): boolean {
    return this.#holderOf(name)?.isThroughBranch ?? false;
  }

  /** Where the variable is, else here. */
  assign(name: string, value: Value): void {
    const holder = this.#holderOf(name);
    // A jump backwards can make a variable of the parent after the branch was checked.
    if (holder && !holder.mayAssign)
      throw raise('SystemError', `variable ${name} of the parent scope is assigned in parallel without being shared`);
    (holder?.scope ?? this).declare(name, value);
  }

  /** Here, whatever is above. */
  declare(name: string, value: Value): void {
    const size = Buffer.byteLength(name) + measure(value);
    this.#memory.take(size - (this.#variables.get(name)?.size ?? 0));
    this.#variables.set(name, { value, size });
  }

  /** The room is left: its variables are gone. */
  leave(): void {
    for (const { size } of this.#variables.values()) this.#memory.take(-size);
    this.#variables.clear();
  }

  #holderOf(name: string): { scope: Scope; mayAssign: boolean; isThroughBranch: boolean } | undefined {
    let mayAssign = true;
    let isThroughBranch = false;
    for (let scope: Scope | undefined = this; scope; scope = scope.#above) {
      if (scope.#variables.has(name)) return { scope, mayAssign, isThroughBranch };
      if (!scope.#shared) continue;
      isThroughBranch = true;
      if (!scope.#shared.has(name)) mayAssign = false;
    }
    return undefined;
  }
}
