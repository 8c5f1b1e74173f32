import { parseList, parseRecord } from '../estate/normalize/fields.ts';
import type { ModulePath } from './module-path.ts';
import { parseExpression } from './parse-plan-file.ts';
import type { Expression, PlannedResource } from './plan-file.ts';
import { configModule, type PlanView } from './plan-view.ts';
import { listTraversals, parseTraversal, type Segment, type Traversal } from './traversal.ts';

/** Where an expression stands: names mean something only there. */
export interface Scope {
  readonly module: ModulePath;
  /** `each.key` or `count.index`. */
  readonly self?: string | number;
  /** What `each.value` goes through. */
  readonly forEach?: Expression;
  /** Iterators of dynamic blocks, with what they go through. */
  readonly iterators?: ReadonlyMap<string, Expression>;
}

/** What a reference leads to: a resource's attribute, a value, another expression, or nothing that a plan holds. */
export type Step =
  | { readonly kind: 'resource'; readonly resource: PlannedResource; readonly attribute?: string }
  | { readonly kind: 'literal'; readonly value: unknown }
  | {
      readonly kind: 'expression';
      readonly expression: Expression;
      readonly scope: Scope;
      readonly rest: readonly Segment[];
    }
  | { readonly kind: 'open'; readonly what: string };

/** The traversals of an expression: from its text where there is one, else as the plan lists them (the longest of each). */
export function traversalsOf({ text, references = [] }: Expression): readonly Traversal[] {
  if (text !== undefined) return listTraversals(text);
  const longest = references.filter(
    (one) => !references.some((other) => other !== one && (other.startsWith(`${one}.`) || other.startsWith(`${one}[`))),
  );
  // `x[each.key].id` is listed as `x` and `each.key`: the index is put back.
  const isIndexed = longest.some((one) => one === 'each.key' || one === 'each.value' || one === 'count.index');
  return longest.flatMap((one) => {
    const traversal = parseTraversal(one);
    return traversal ? [isIndexed ? withOwnIndex(traversal) : traversal] : [];
  });
}

function withOwnIndex(traversal: Traversal): Traversal {
  const [root] = traversal;
  const named = root?.kind === 'attribute' && root.name === 'data' ? 3 : 2;
  return traversal.length === named ? [...traversal, { kind: 'each' }] : traversal;
}

/** One step from a reference towards what it means. Names that mean nothing here (object keys, variables of `for`) lead nowhere. */
export function followReference(view: PlanView, traversal: Traversal, scope: Scope): readonly Step[] {
  const [root, ...rest] = traversal;
  if (root?.kind !== 'attribute') return [];
  const iterator = scope.iterators?.get(root.name);
  if (iterator) return followIterator(iterator, rest, scope);
  const [next, ...after] = rest;
  const name = next?.kind === 'attribute' ? next.name : undefined;
  switch (root.name) {
    case 'var':
      return name === undefined ? [] : followVariable(view, name, after, scope);
    case 'local':
      return name === undefined ? [] : followLocal(view, name, after, scope);
    case 'each':
      if (name === 'key') return scope.self === undefined ? [] : [{ kind: 'literal', value: scope.self }];
      return name === 'value' ? followEachValue(after, scope) : [];
    case 'count':
      return scope.self === undefined ? [] : [{ kind: 'literal', value: scope.self }];
    case 'module':
      return name === undefined ? [] : followOutput(view, name, after, scope);
    case 'data': {
      const [second, ...index] = after;
      return name === undefined || second?.kind !== 'attribute'
        ? []
        : followResource(view, `data.${name}.${second.name}`, index, scope);
    }
    default:
      return name === undefined ? [] : followResource(view, `${root.name}.${name}`, after, scope);
  }
}

function followResource(view: PlanView, name: string, rest: readonly Segment[], scope: Scope): readonly Step[] {
  if (!configModule(view, scope.module)?.resources.has(name)) return [];
  const [index] = rest;
  const all = view.instances(scope.module, name);
  return pick(all, ({ key }) => key, index, scope).map((resource) => {
    const attribute = rest.find(
      (segment) =>
        segment.kind === 'attribute' &&
        (segment.name in resource.values || segment.name in (parseRecord(resource.unknown) ?? {})),
    );
    return { kind: 'resource', resource, ...(attribute?.kind === 'attribute' ? { attribute: attribute.name } : {}) };
  });
}

/** Instances that an index admits: the named one, the one with the key of whoever refers, else all. */
function pick<One>(
  all: readonly One[],
  keyOf: (one: One) => string | number | undefined,
  index: Segment | undefined,
  scope: Scope,
): readonly One[] {
  if (index?.kind === 'key') return all.filter((one) => keyOf(one) === index.key);
  if (index?.kind !== 'each' || scope.self === undefined) return all;
  const own = all.filter((one) => keyOf(one) === scope.self);
  return own.length > 0 ? own : all;
}

function followOutput(view: PlanView, call: string, rest: readonly Segment[], scope: Scope): readonly Step[] {
  const outputs = configModule(view, scope.module)?.calls.get(call)?.module.outputs;
  if (!outputs) return [];
  const children = pick(view.children(scope.module, call), (path) => path.at(-1)?.key, rest[0], scope);
  const at = rest.findIndex((segment) => segment.kind === 'attribute');
  const asked = at === -1 ? undefined : rest[at];
  const named = asked?.kind === 'attribute' && outputs.has(asked.name) ? [asked.name] : [...outputs.keys()];
  return children.flatMap((module) =>
    named.map((name): Step => {
      const text = view.source.output(module, name)?.block.body.attributes.get('value');
      return {
        kind: 'expression',
        expression: { ...outputs.get(name), ...(text === undefined ? {} : { text }) },
        scope: { module },
        rest: at === -1 ? [] : rest.slice(at + 1),
      };
    }),
  );
}

function followVariable(view: PlanView, name: string, rest: readonly Segment[], scope: Scope): readonly Step[] {
  const last = scope.module.at(-1);
  if (!last) {
    const { variables, root } = view.plan;
    const value = variables.has(name) ? variables.get(name) : root.variableDefaults.get(name);
    return literal(value, rest, scope, `var.${name}`);
  }
  const module = scope.module.slice(0, -1);
  const call = configModule(view, module)?.calls.get(last.name);
  const given = parseExpression(call?.expressions[name]);
  if (!given) return literal(call?.module.variableDefaults.get(name), rest, scope, `var.${name}`);
  if (given.constant !== undefined) return literal(given.constant, rest, scope, `var.${name}`);
  const text = view.source.call(module, last.name)?.block.body.attributes.get(name);
  return [
    {
      kind: 'expression',
      expression: { ...given, ...(text === undefined ? {} : { text }) },
      scope: {
        module,
        ...(last.key === undefined ? {} : { self: last.key }),
        ...(call?.forEach ? { forEach: withCallText(view, module, last.name, call.forEach) } : {}),
      },
      rest,
    },
  ];
}

function withCallText(view: PlanView, module: ModulePath, call: string, forEach: Expression): Expression {
  const text = view.source.call(module, call)?.block.body.attributes.get('for_each');
  return { ...forEach, ...(text === undefined ? {} : { text }) };
}

function followLocal(view: PlanView, name: string, rest: readonly Segment[], { module }: Scope): readonly Step[] {
  const text = view.source.local(module, name);
  if (text === undefined)
    return [{ kind: 'open', what: `local.${name} (a plan does not hold locals: name their folder with --source)` }];
  return [{ kind: 'expression', expression: { text }, scope: { module }, rest }];
}

function followEachValue(rest: readonly Segment[], { module, self, forEach }: Scope): readonly Step[] {
  if (!forEach) return [];
  const index: readonly Segment[] = self === undefined ? [] : [{ kind: 'key', key: self }];
  return [{ kind: 'expression', expression: forEach, scope: { module }, rest: [...index, ...rest] }];
}

/** `backend.value.neg`: the block goes through every element. */
function followIterator(expression: Expression, rest: readonly Segment[], scope: Scope): readonly Step[] {
  const [word, ...after] = rest;
  if (word?.kind !== 'attribute' || word.name !== 'value') return [];
  const { iterators: _, ...outer } = scope;
  return [{ kind: 'expression', expression, scope: outer, rest: [{ kind: 'any' }, ...after] }];
}

function literal(value: unknown, rest: readonly Segment[], scope: Scope, what: string): readonly Step[] {
  const found = rest.reduce(
    (inner: readonly unknown[], segment) => inner.flatMap((one) => enter(one, segment, scope)),
    [value],
  );
  const known = found.filter((one) => one !== undefined && one !== null);
  return known.length > 0 ? known.map((one) => ({ kind: 'literal', value: one })) : [{ kind: 'open', what }];
}

function enter(value: unknown, segment: Segment, { self }: Scope): readonly unknown[] {
  if (segment.kind === 'any') return [...parseList(value), ...Object.values(parseRecord(value) ?? {})];
  const key = segment.kind === 'attribute' ? segment.name : segment.kind === 'key' ? segment.key : self;
  if (key === undefined) return [];
  // The elements of a set are their own keys.
  if (Array.isArray(value)) return typeof key === 'number' ? [value[key]] : value.filter((element) => element === key);
  return [parseRecord(value)?.[key]];
}
