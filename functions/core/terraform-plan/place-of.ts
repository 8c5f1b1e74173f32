import { parseText } from '../estate/normalize/fields.ts';
import { parseServiceName } from '../estate/resource-name.ts';
import { parseExpression } from './parse-plan-file.ts';
import type { PlannedResource } from './plan-file.ts';
import { configResource, type PlanView } from './plan-view.ts';
import { type PlannedValue, readValue, resolveOrigins, type ValuePath } from './resolve-expression.ts';

/**
 * Names of planned things. A name that is unknown until apply becomes a word of its own, made of the address it comes
 * from: two resources that refer to the same unknown name agree, and nobody can take it for a real one.
 */

/** The text of an argument: as it is known, or what its references come to. Undefined: not written, or nobody can tell. */
export function textOf(view: PlanView, resource: PlannedResource, path: ValuePath): string | undefined {
  return settleText(view, readValue(view, resource, path));
}

function settleText(view: PlanView, value: PlannedValue): string | undefined {
  if (value.kind === 'known') return asText(value.value);
  if (value.kind === 'unset') return undefined;
  const { resources, literals, open } = resolveOrigins(view, value.origins);
  if (open.length > 0) return undefined;
  const found = new Set(
    resources.map(({ resource, attribute }) =>
      attribute === undefined ? undefined : textOfTarget(view, resource, attribute),
    ),
  );
  // An expression of one reference and nothing else is what it refers to; a text made of several is not known.
  const [only] = found;
  return found.size === 1 && literals.length === 0 ? only : undefined;
}

function textOfTarget(view: PlanView, target: PlannedResource, attribute: string): string | undefined {
  switch (attribute) {
    case 'project':
    case 'project_id':
      return projectOf(view, target);
    case 'location':
    case 'region':
      return regionOf(view, target);
    case 'name':
      return nameOf(view, target);
    default:
      return asText(target.values[attribute]);
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : parseText(value);
}

/** The name of a resource, or a word that stands for it: what an unknown name is made of is nobody's guess. */
export function nameOf(view: PlanView, resource: PlannedResource): string {
  const name = readValue(view, resource, ['name']);
  return (name.kind === 'known' ? asText(name.value) : undefined) ?? unknownName(resource.address);
}

/** `(known after apply: ADDRESS)`: no `/`, so that it fits where a name does. */
function unknownName(address: string): string {
  return `(known after apply: ${address.replaceAll('/', '%2F')})`;
}

/** Whether a name, or a full resource name, has a part that is only known after apply. */
export function isUnknownName(name: string): boolean {
  return name.includes('(known after apply: ') || name.includes('(project of provider ');
}

/** The project id of a resource: its own argument, what that refers to, its id, its provider, the default; else a word for its provider's project. */
export function projectOf(view: PlanView, resource: PlannedResource): string {
  const argument = resource.type === 'google_project' ? 'project_id' : 'project';
  const value = readValue(view, resource, [argument]);
  if (value.kind !== 'unset') {
    const text = settleProject(view, value);
    return text === undefined ? unknownName(`${resource.address}.${argument}`) : text;
  }
  const id = parseText(resource.values['id']) ?? parseText(resource.values['self_link']) ?? '';
  const [, ofId] = /(?:^|\/)projects\/([^/]+)\//.exec(id) ?? [];
  return ofId === undefined ? providerProject(view, resource) : canonicalProject(view, ofId);
}

function settleProject(view: PlanView, value: PlannedValue): string | undefined {
  if (value.kind === 'unknown') {
    // `google_project.this.id` and `.number` are its project too.
    const { resources, literals, open } = resolveOrigins(view, value.origins);
    const projects = new Set(resources.map(({ resource }) => projectOf(view, resource)));
    const [only] = projects;
    return projects.size === 1 && literals.length === 0 && open.length === 0 ? only : undefined;
  }
  const text = settleText(view, value);
  return text === undefined ? undefined : canonicalProject(view, text.replace(/^projects\//, ''));
}

function providerProject(view: PlanView, resource: PlannedResource): string {
  const key = configResource(view, resource)?.providerKey ?? '';
  const text = providerText(view, key, 'project') ?? view.defaultProject;
  return text === undefined ? `(project of provider ${key.replaceAll('/', '%2F')})` : canonicalProject(view, text);
}

function providerText(view: PlanView, key: string, argument: string): string | undefined {
  const expression = parseExpression(view.plan.providers.get(key)?.[argument]);
  if (!expression) return undefined;
  if (expression.constant !== undefined) return asText(expression.constant);
  const { resources, literals, open } = resolveOrigins(view, [{ expression, scope: { module: [] } }]);
  const texts = new Set([
    ...literals.map(asText),
    ...resources.map(({ resource }) => (argument === 'project' ? projectOf(view, resource) : undefined)),
  ]);
  const [only] = texts;
  return texts.size === 1 && open.length === 0 ? only : undefined;
}

/** The region of a resource; `global` for none. */
export function regionOf(view: PlanView, resource: PlannedResource): string {
  const argument = 'location' in resource.values || isRun(resource) ? 'location' : 'region';
  const value = readValue(view, resource, [argument]);
  if (value.kind !== 'unset') return settleText(view, value) ?? unknownName(`${resource.address}.${argument}`);
  const [, ofId] = /\/(?:locations|regions)\/([^/]+)\//.exec(parseText(resource.values['id']) ?? '') ?? [];
  return ofId ?? providerText(view, configResource(view, resource)?.providerKey ?? '', 'region') ?? 'global';
}

function isRun({ type }: PlannedResource): boolean {
  return /cloud_?(run|functions)/.test(type);
}

/** The project id of an id or a number, where the plan knows both. */
export function canonicalProject(view: PlanView, idOrNumber: string): string {
  if (!/^\d+$/.test(idOrNumber)) return idOrNumber;
  for (const [id, number] of view.givenNumbers) if (number === idOrNumber) return id;
  for (const resource of view.plan.resources.values()) {
    if (resource.type !== 'google_project' || asText(resource.values['number']) !== idOrNumber) continue;
    return parseText(resource.values['project_id']) ?? idOrNumber;
  }
  return idOrNumber;
}

/** The parts of a known service name in the forms that Terraform takes: a bare name, or the path of one. */
export function parseServicePath(
  text: string,
): { readonly project: string; readonly region: string; readonly id: string } | undefined {
  return parseServiceName(text.startsWith('projects/') ? `//run.googleapis.com/${text}` : text);
}
