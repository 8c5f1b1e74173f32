import type { Expression } from '../expression/expression.ts';
import type { Action, Loop, Step, Template } from './program.ts';

/** The lists of steps directly below an action, and what kind of room each is. */
export function listsBelow(action: Action): { readonly room: Room; readonly steps: readonly Step[] }[] {
  switch (action.kind) {
    case 'steps':
      return [{ room: 'steps', steps: action.steps }];
    case 'switch':
      return action.conditions.map(({ then }) => ({ room: 'steps', steps: [then] }));
    case 'for':
      return [{ room: 'loop', steps: action.loop.steps }];
    case 'try':
      return [
        { room: 'steps', steps: action.body },
        ...(action.except ? [{ room: 'except' as const, steps: action.except.steps }] : []),
      ];
    case 'parallel':
      return action.work.kind === 'for'
        ? [{ room: 'iteration', steps: action.work.loop.steps }]
        : action.work.branches.map(({ steps }) => ({ room: 'branch', steps }));
    default:
      return [];
  }
}

/** `loop` and `iteration` are bodies of `for`, alone and in `parallel`. */
export type Room = 'steps' | 'loop' | 'except' | 'iteration' | 'branch';

/** Every step, the outer before the inner. */
export function* walkSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const { steps: below } of listsBelow(step.action)) yield* walkSteps(below);
  }
}

/** The expressions of a step itself, with their lines. */
export function* expressionsOf({
  action,
}: Step): Generator<{ readonly expression: Expression; readonly line: number }> {
  switch (action.kind) {
    case 'assign':
      for (const { path, value, line: at } of action.assignments) {
        for (const expression of path) yield { expression, line: at };
        yield* expressionsIn(value);
      }
      return;
    case 'call':
      for (const template of action.args.values()) yield* expressionsIn(template);
      return;
    case 'switch':
      for (const { condition } of action.conditions) yield* expressionsIn(condition);
      return;
    case 'for':
      yield* expressionsOfLoop(action.loop);
      return;
    case 'parallel':
      if (action.concurrencyLimit) yield* expressionsIn(action.concurrencyLimit);
      if (action.work.kind === 'for') yield* expressionsOfLoop(action.work.loop);
      return;
    case 'try':
      if (!action.retry) return;
      for (const template of [
        action.retry.maxRetries,
        action.retry.initialDelay,
        action.retry.maxDelay,
        action.retry.multiplier,
      ])
        yield* expressionsIn(template);
      return;
    case 'raise':
    case 'return':
      yield* expressionsIn(action.value);
      return;
    default:
  }
}

function expressionsOfLoop({ over }: Loop) {
  return expressionsIn(over.template);
}

function* expressionsIn(template: Template): Generator<{ readonly expression: Expression; readonly line: number }> {
  switch (template.kind) {
    case 'constant':
      return;
    case 'expression':
      yield template;
      return;
    case 'list':
      for (const item of template.items) yield* expressionsIn(item);
      return;
    case 'map':
      for (const [key, value] of template.entries) {
        yield* expressionsIn(key);
        yield* expressionsIn(value);
      }
  }
}
