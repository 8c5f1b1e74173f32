import type { Problems } from './problems.ts';
import type { Loop, Routine, Step } from './program.ts';

/** The variables that live in a room of the source. */
interface Scope {
  readonly names: Set<string>;
  readonly above?: Scope;
  /** A branch or iteration of a parallel step: what of above it may assign. */
  readonly shared?: ReadonlySet<string>;
}

interface Room {
  readonly steps: readonly Step[];
  readonly names: Set<string>;
}

/** A parallel branch assigns its own variables and those of above that are `shared`; what is shared exists above. */
export function checkScopes(routine: Routine, problems: Problems): void {
  const top: Scope = { names: new Set(routine.params.map(({ name }) => name)) };
  checkList(routine.steps, top);

  function checkList(steps: readonly Step[], scope: Scope): void {
    for (const step of steps) checkStep(step, scope);
  }

  function checkStep(step: Step, scope: Scope): void {
    const { action, line } = step;
    switch (action.kind) {
      case 'assign':
        for (const { variable, line: at } of action.assignments) assign(variable, at, step, scope);
        return;
      case 'call':
        if (action.result !== undefined) assign(action.result, line, step, scope);
        return;
      case 'steps':
        checkList(action.steps, scope);
        return;
      case 'switch':
        for (const { then } of action.conditions) checkStep({ ...then, name: then.name || step.name }, scope);
        return;
      case 'for':
        checkList(action.loop.steps, { names: loopVariables(action.loop), above: scope });
        return;
      case 'try':
        checkList(
          action.body.map((body) => ({ ...body, name: body.name || step.name })),
          scope,
        );
        if (action.except)
          checkList(action.except.steps, {
            names: new Set(action.except.as === undefined ? [] : [action.except.as]),
            above: scope,
          });
        return;
      case 'parallel': {
        for (const name of action.shared)
          if (!find(name, scope))
            problems.add(
              'shared-variable',
              line,
              `${place(step)}: shared variable '${name}' does not exist before this step`,
            );
        const shared = new Set(action.shared);
        const { work } = action;
        const rooms: readonly Room[] =
          work.kind === 'for'
            ? [{ steps: work.loop.steps, names: loopVariables(work.loop) }]
            : work.branches.map(({ steps }) => ({ steps, names: new Set() }));
        for (const { steps, names } of rooms) checkList(steps, { names, above: scope, shared });
      }
    }
  }

  function assign(name: string, line: number, step: Step, scope: Scope): void {
    const found = find(name, scope);
    if (!found) scope.names.add(name);
    else if (found === 'unshared')
      problems.add(
        'unshared-variable',
        line,
        `${place(step)}: variable '${name}' of the parent scope is assigned in parallel without being shared`,
      );
  }

  function place({ name }: Step): string {
    return `in workflow '${routine.name}', step '${name}'`;
  }
}

/** Whether a variable exists, and whether it may be assigned from here. */
function find(name: string, scope: Scope): 'own' | 'unshared' | undefined {
  let isShared = true;
  for (let at: Scope | undefined = scope; at; at = at.above) {
    if (at.names.has(name)) return isShared ? 'own' : 'unshared';
    if (at.shared && !at.shared.has(name)) isShared = false;
  }
  return undefined;
}

function loopVariables({ value, index }: Loop): Set<string> {
  return new Set(index === undefined ? [value] : [value, index]);
}
