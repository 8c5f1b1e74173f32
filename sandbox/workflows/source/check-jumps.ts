import { limits } from '../limits.ts';
import type { Problems } from './problems.ts';
import type { Routine, Step } from './program.ts';
import { listsBelow, type Room, walkSteps } from './walk.ts';

interface Surroundings {
  /** Steps that `next` may name: of this list and of those around it, as far as a jump gets out. */
  readonly targets: ReadonlySet<string>;
  /** Whether `break` and `continue` have a loop to go to. */
  readonly loop: 'none' | 'plain' | 'parallel';
  readonly isInParallel: boolean;
  readonly depth: number;
}

/**
 * Step names are unique in a routine (known of its tools, not from Google's text), jumps lead to steps of the same list or
 * of one around it, and never out of a loop or a branch; `return` and `break` do not stand in parallel work (not known to
 * be allowed); parallel steps nest twice at most.
 */
export function checkJumps(routine: Routine, problems: Problems): void {
  const seen = new Map<string, number>();
  for (const { name, line } of walkSteps(routine.steps)) {
    const first = seen.get(name);
    if (name !== '' && first !== undefined)
      problems.add(
        'duplicate-step',
        line,
        `in workflow '${routine.name}': step '${name}' is there already, in line ${first}`,
      );
    if (first === undefined) seen.set(name, line);
  }
  checkList(routine.steps, { targets: new Set(), loop: 'none', isInParallel: false, depth: 0 });

  function checkList(steps: readonly Step[], outer: Surroundings): void {
    const around = { ...outer, targets: new Set([...outer.targets, ...steps.map(({ name }) => name)]) };
    for (const step of steps) checkStep(step, around);
  }

  function checkStep({ name, line, action, next }: Step, around: Surroundings): void {
    const where = `in workflow '${routine.name}', step '${name}'`;
    if (next !== undefined) checkNext(next, line, where, around);
    if (action.kind === 'return' && around.isInParallel)
      problems.add('parallel-return', line, `${where}: 'return' cannot leave a parallel branch`);
    const depth = around.depth + (action.kind === 'parallel' ? 1 : 0);
    if (depth > limits.parallelNesting)
      problems.add(
        'nesting',
        line,
        `${where}: parallel steps nest ${depth} deep, ${limits.parallelNesting} are allowed`,
      );
    for (const { room, steps } of listsBelow(action)) checkList(steps, { ...enter(room, around), depth });
  }

  function checkNext(next: string, line: number, where: string, around: Surroundings): void {
    if (next === 'end') {
      if (around.isInParallel)
        problems.add('parallel-return', line, `${where}: 'next: end' cannot leave a parallel branch`);
      return;
    }
    if (next === 'break' || next === 'continue') {
      if (around.loop === 'none') problems.add('jump', line, `${where}: '${next}' outside of a loop`);
      if (around.loop === 'parallel' && next === 'break')
        problems.add('jump', line, `${where}: 'break' in a parallel loop, whose iterations have no order`);
      return;
    }
    if (next === '' || !around.targets.has(next))
      problems.add('jump', line, `${where}: 'next' names '${next}', which is no step that can be reached from here`);
  }
}

function enter(room: Room, around: Surroundings): Surroundings {
  switch (room) {
    case 'steps':
    case 'except':
      return around;
    case 'loop':
      return { ...around, targets: new Set(), loop: 'plain' };
    case 'iteration':
      return { ...around, targets: new Set(), loop: 'parallel', isInParallel: true };
    case 'branch':
      return { ...around, targets: new Set(), loop: 'none', isInParallel: true };
  }
}
