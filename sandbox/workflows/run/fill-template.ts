import { evaluate, type Surroundings } from '../expression/evaluate.ts';
import { library } from '../library/index.ts';
import type { Template } from '../source/program.ts';
import { typeOf, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { callRoutine } from './call-routine.ts';
import type { Frame } from './run-context.ts';

/** The value of a template. Throws WorkflowError. */
export async function fillTemplate(template: Template, frame: Frame): Promise<Value> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'expression':
      return evaluate(template.expression, surroundingsOf(frame));
    case 'list': {
      const items: Value[] = [];
      for (const item of template.items) items.push(await fillTemplate(item, frame));
      return items;
    }
    case 'map': {
      const map = new Map<string, Value>();
      for (const [key, value] of template.entries)
        map.set(keyOf(await fillTemplate(key, frame)), await fillTemplate(value, frame));
      return map;
    }
  }
}

export function surroundingsOf(frame: Frame): Surroundings {
  return {
    variable: (name) => frame.scope.get(name),
    call: (name, args) => callByPlace(name, args, frame),
  };
}

function callByPlace(name: string, args: readonly Value[], frame: Frame): Value | Promise<Value> {
  const found = library.get(name);
  if (found) return found.run(args, frame.run.outside);
  const routine = frame.run.program.routines.get(name);
  if (!routine) throw raise('SystemError', `function not found: ${name}`);
  const named = routine.params.slice(0, args.length).map((param, at) => [param.name, args[at] ?? null] as const);
  return callRoutine(routine, new Map(named), frame);
}

function keyOf(key: Value): string {
  if (typeof key === 'string') return key;
  throw raise('TypeError', `a key of a map is a string, not ${typeOf(key)}`);
}
