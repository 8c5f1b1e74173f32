import type { Loop } from '../source/program.ts';
import { isList, typeOf, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { fillTemplate } from './fill-template.ts';
import type { Frame, Signal } from './run-context.ts';
import { runSteps } from './run-steps.ts';

/** One iteration after the other, each with variables of its own. */
export async function runLoop(loop: Loop, frame: Frame): Promise<Signal> {
  for (const [index, value] of (await itemsOf(loop, frame)).entries()) {
    const scope = frame.scope.inner();
    try {
      declareLoopVariables(loop, value, index, scope);
      const signal = await runSteps(loop.steps, { ...frame, scope });
      if (signal.kind === 'break') break;
      if (signal.kind === 'return' || signal.kind === 'jump') return signal;
    } finally {
      scope.leave();
    }
  }
  return { kind: 'done' };
}

export function declareLoopVariables(loop: Loop, value: Value, index: number, scope: Frame['scope']): void {
  scope.declare(loop.value, value);
  if (loop.index !== undefined) scope.declare(loop.index, BigInt(index));
}

/** What a loop goes over: a list, or the numbers from one to another, both included. */
export async function itemsOf(loop: Loop, frame: Frame): Promise<readonly Value[]> {
  const over = await fillTemplate(loop.over.template, frame);
  if (!isList(over)) throw raise('TypeError', `a loop goes over a list, not ${typeOf(over)}`);
  if (loop.over.kind === 'in') return over;
  const [from, to, more] = over;
  if (from === undefined || to === undefined || more !== undefined) throw raise('ValueError', 'a range has two ends');
  if (typeof from === 'bigint' && typeof to === 'bigint') return rangeOf(from, to, 1n);
  if (isNumber(from) && isNumber(to)) return rangeOf(Number(from), Number(to), 1);
  throw raise('TypeError', `a range has numbers as its ends, not ${typeOf(from)} and ${typeOf(to)}`);
}

function rangeOf<T extends bigint | number>(from: T, to: T, step: T): Value[] {
  const items: Value[] = [];
  for (let at: bigint | number = from; at <= to; at = add(at, step)) {
    items.push(at);
    if (items.length > 100_000)
      throw raise('ResourceLimitError', 'the range is longer than an execution may have steps');
  }
  return items;
}

function add(a: bigint | number, b: bigint | number): bigint | number {
  return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b);
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}
