import type { JsonRecord } from '../estate/normalize/fields.ts';
import { parseList, parseRecord } from '../estate/normalize/fields.ts';
import { followReference, type Scope, type Step, traversalsOf } from './follow-reference.ts';
import { narrowValue } from './narrow-value.ts';
import type { HclBody } from './parse-hcl.ts';
import { parseExpression } from './parse-plan-file.ts';
import type { Expression, PlannedResource } from './plan-file.ts';
import { configResource, type PlanView, writtenName } from './plan-view.ts';
import type { Segment } from './traversal.ts';

/** An expression, and where it stands. */
export interface Origin {
  readonly expression: Expression;
  readonly scope: Scope;
}

/** What an unknown value can be made of. */
export interface Resolution {
  readonly resources: readonly Extract<Step, { kind: 'resource' }>[];
  readonly literals: readonly unknown[];
  /** References that a plan cannot follow, in words. */
  readonly open: readonly string[];
}

/** Enough for any estate; a hostile plan may refer in circles. */
const mostSteps = 5_000;

/** Follows all references of an expression to their ends. Order is that of the text. */
export function resolveOrigins(view: PlanView, origins: readonly Origin[]): Resolution {
  const resources = new Map<string, Extract<Step, { kind: 'resource' }>>();
  const literals: unknown[] = [];
  const open = new Set<string>();
  let left = mostSteps;
  const visit = (origin: Origin, rest: readonly Segment[], depth: number): void => {
    if (origin.expression.constant !== undefined) literals.push(origin.expression.constant);
    for (const { origin: inner, rest: further } of narrowOrigin(origin, rest)) {
      for (const traversal of traversalsOf(inner.expression)) {
        for (const step of followReference(view, [...traversal, ...further], inner.scope)) {
          left -= 1;
          if (left < 0 || depth > 40) open.add('references without an end');
          else if (step.kind === 'resource') resources.set(`${step.resource.address} ${step.attribute ?? ''}`, step);
          else if (step.kind === 'literal') literals.push(step.value);
          else if (step.kind === 'open') open.add(step.what);
          else visit(step, step.rest, depth + 1);
        }
      }
    }
  };
  for (const origin of origins) visit(origin, [], 0);
  return { resources: [...resources.values()], literals, open: [...open] };
}

/** The parts of an expression that steps lead to, as far as its text writes them out. */
export function narrowOrigin(
  origin: Origin,
  rest: readonly Segment[],
): readonly { readonly origin: Origin; readonly rest: readonly Segment[] }[] {
  const { expression, scope } = origin;
  if (expression.text === undefined || rest.length === 0) return [{ origin, rest }];
  return narrowValue(expression.text, rest, scope.self).map(({ text, rest: further }) => ({
    origin: { expression: { text }, scope },
    rest: further,
  }));
}

/** A place in a resource: an argument, or an argument of the n-th nested block. */
export type ValuePath = readonly (string | number)[];

export type PlannedValue =
  | { readonly kind: 'known'; readonly value: unknown }
  /** Not written, so the provider or the API decides. */
  | { readonly kind: 'unset' }
  | { readonly kind: 'unknown'; readonly origins: readonly Origin[] };

/** What the plan says of one value. */
export function readValue(view: PlanView, resource: PlannedResource, path: ValuePath): PlannedValue {
  if (!isUnknown(resource.unknown, path)) {
    const value = valueAt(resource, path);
    return value === undefined || value === null || value === '' ? { kind: 'unset' } : { kind: 'known', value };
  }
  const origins = originsOf(view, resource, path);
  return origins.length > 0 || isUnseen(view, resource, path) ? { kind: 'unknown', origins } : { kind: 'unset' };
}

/** A block that no configuration shows: a dynamic one, whose source was not found. */
function isUnseen(view: PlanView, resource: PlannedResource, [name, index]: ValuePath): boolean {
  if (typeof name !== 'string' || typeof index !== 'number' || computedBlocks.has(name)) return false;
  const isWritten = parseList(configResource(view, resource)?.expressions[name]).length > 0;
  return !isWritten && view.source.resource(resource.module, writtenName(resource)) === undefined;
}

/** Blocks that the provider fills in where they are not written. */
const computedBlocks: ReadonlySet<string> = new Set(['metadata']);

/** What is known at a place; lists may have holes. */
export function valueAt({ values }: PlannedResource, path: ValuePath): unknown {
  return path.reduce<unknown>(enter, values);
}

function enter(value: unknown, step: string | number): unknown {
  return typeof step === 'number' ? parseList(value)[step] : parseRecord(value)?.[step];
}

function isUnknown(unknown: unknown, path: ValuePath): boolean {
  let inner = unknown;
  for (const step of path) {
    if (inner === true) return true;
    inner = enter(inner, step);
  }
  return inner === true || (Array.isArray(inner) && inner.includes(true));
}

/** The expressions that a value is written as: one, or (a dynamic block, a block whose place is not known) those of every such block. */
export function originsOf(view: PlanView, resource: PlannedResource, path: ValuePath): readonly Origin[] {
  const config = configResource(view, resource);
  if (!config) return [];
  const body = view.source.resource(resource.module, writtenName(resource))?.block.body;
  const forEachText = body?.attributes.get('for_each');
  const scope: Scope = {
    module: resource.module,
    ...(resource.key === undefined ? {} : { self: resource.key }),
    ...(config.forEach
      ? { forEach: { ...config.forEach, ...(forEachText === undefined ? {} : { text: forEachText }) } }
      : {}),
  };
  return [...writtenOrigins(config.expressions, body, path, scope), ...(body ? dynamicOrigins(body, path, scope) : [])];
}

function writtenOrigins(
  expressions: JsonRecord,
  body: HclBody | undefined,
  [name, index, ...rest]: ValuePath,
  scope: Scope,
): readonly Origin[] {
  if (typeof name !== 'string') return [];
  const written = expressions[name];
  if (typeof index !== 'number') {
    const expression = parseExpression(written);
    const text = body?.attributes.get(name);
    return expression ? [{ expression: { ...expression, ...(text === undefined ? {} : { text }) }, scope }] : [];
  }
  const blocks = parseList(written);
  const bodies = body?.blocks.filter(({ type }) => type === name) ?? [];
  // Terraform orders the blocks of a set in its own way: with several, the n-th may be any of them.
  const asked = blocks.length === 1 ? [0] : [...blocks.keys()];
  return asked.flatMap((at) => writtenOrigins(parseRecord(blocks[at]) ?? {}, bodies[at]?.body, rest, scope));
}

function dynamicOrigins(body: HclBody, [name, , ...rest]: ValuePath, scope: Scope): readonly Origin[] {
  return body.blocks
    .filter(({ type, labels }) => type === 'dynamic' && labels[0] === name)
    .flatMap(({ body: dynamic, labels }) => {
      const content = dynamic.blocks.find(({ type }) => type === 'content')?.body;
      const iterator = dynamic.attributes.get('iterator') ?? labels[0] ?? '';
      const each = dynamic.attributes.get('for_each');
      if (!content || each === undefined) return [];
      const inner: Scope = { ...scope, iterators: new Map([...(scope.iterators ?? []), [iterator, { text: each }]]) };
      return textOrigins(content, rest, inner);
    });
}

/** Like `writtenOrigins` where there is only text: the plan leaves dynamic blocks out. */
function textOrigins(body: HclBody, [name, index, ...rest]: ValuePath, scope: Scope): readonly Origin[] {
  if (typeof name !== 'string') return [];
  if (typeof index === 'number') {
    return body.blocks.filter(({ type }) => type === name).flatMap((block) => textOrigins(block.body, rest, scope));
  }
  const text = body.attributes.get(name);
  return text === undefined ? [] : [{ expression: { text }, scope }];
}
