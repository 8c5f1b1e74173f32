import { buildAgentMember } from '../estate/identity.ts';
import { parseTexts } from '../estate/normalize/fields.ts';
import { followReference, type Step, traversalsOf } from './follow-reference.ts';
import { listInterpolations, listStrings, withoutStrings } from './hcl-text.ts';
import { projectOf, textOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import type { ProjectNumbers } from './project-numbers.ts';
import { narrowOrigin, type Origin, readValue, resolveOrigins, type ValuePath, valueAt } from './resolve-expression.ts';
import type { Segment } from './traversal.ts';

export interface MemberReading {
  /** Members that are known, or known to be a certain account whose e-mail comes with apply. */
  readonly members: readonly string[];
  /** What other members would be made of, in words; empty = the members are complete. */
  readonly open: readonly string[];
}

/**
 * The members of a grant. One that is unknown until apply is IAP's service agent where its expression
 * - refers to `member` or `email` of a `google_project_service_identity` of iap.googleapis.com, or
 * - is a text `…@gcp-sa-iap.iam.gserviceaccount.com` around the number of one project (this takes the source);
 * it is another account where it refers to one, and open otherwise.
 */
export function readMembers(
  view: PlanView,
  numbers: ProjectNumbers,
  resource: PlannedResource,
  path: ValuePath,
): MemberReading {
  const value = readValue(view, resource, path);
  if (value.kind === 'unset') return { members: [], open: [] };
  if (value.kind === 'known') return { members: asMembers(value.value), open: [] };
  const walk: Walk = {
    view,
    numbers,
    members: new Set(asMembers(valueAt(resource, path))),
    open: new Set(),
    left: 5_000,
  };
  const known = walk.members.size;
  for (const origin of value.origins) readOrigin(walk, origin, [], 0);
  if (walk.members.size === known && walk.open.size === 0) walk.open.add(`the expression of ${path.join('.')}`);
  return { members: [...walk.members], open: [...walk.open] };
}

interface Walk {
  readonly view: PlanView;
  readonly numbers: ProjectNumbers;
  readonly members: Set<string>;
  readonly open: Set<string>;
  left: number;
}

function asMembers(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : parseTexts(value);
}

const agentDomain = '@gcp-sa-iap.iam.gserviceaccount.com';

function readOrigin(walk: Walk, whole: Origin, given: readonly Segment[], depth: number): void {
  for (const { origin, rest } of narrowOrigin(whole, given)) readPart(walk, origin, rest, depth);
}

function readPart(walk: Walk, { expression, scope }: Origin, rest: readonly Segment[], depth: number): void {
  const { text } = expression;
  if (text === undefined) {
    followAll(walk, { expression, scope }, rest, depth);
    return;
  }
  const bare = withoutStrings(text);
  for (const string of listStrings(text)) {
    const inner = listInterpolations(string);
    // A text without interpolation is known, unless format() fills it.
    if (inner.length === 0 && !string.includes('%s')) continue;
    const made: Origin = { expression: { text: inner.length > 0 ? inner.join(' ') : bare }, scope };
    if (string.includes(agentDomain)) readAgentText(walk, made);
    else if (/@[a-z0-9.-]+\.[a-z]/.test(string)) walk.members.add(withoutValues(string, inner));
    else followAll(walk, made, rest, depth);
  }
  if (!/%s[^"]*@/.test(text)) followAll(walk, { expression: { text: bare }, scope }, rest, depth);
}

/** A text around an `@`: no public member, and no agent of IAP, whatever comes in. */
function withoutValues(string: string, inner: readonly string[]): string {
  const known = inner.reduce((text, value) => text.replace(`\${${value}}`, '(known after apply)'), string);
  return known.replaceAll('%s', '(known after apply)');
}

/** `serviceAccount:service-${NUMBER}@gcp-sa-iap…`: whose number is it? */
function readAgentText({ view, numbers, members, open }: Walk, origin: Origin): void {
  const { resources, literals, open: unresolved } = resolveOrigins(view, [origin]);
  const known = literals.map(String).filter((literal) => /^\d+$/.test(literal));
  const found = new Set([
    ...known,
    ...resources
      .filter(({ resource, attribute }) => resource.type === 'google_project' && attribute === 'number')
      .map(({ resource }) => numbers.of(projectOf(view, resource))),
  ]);
  const [only] = found;
  if (only !== undefined && found.size === 1 && unresolved.length === 0) members.add(buildAgentMember(only));
  else open.add([`an IAP service agent (${agentDomain})`, ...unresolved].join(', '));
}

function followAll(walk: Walk, { expression, scope }: Origin, rest: readonly Segment[], depth: number): void {
  for (const traversal of traversalsOf(expression)) {
    for (const step of followReference(walk.view, [...traversal, ...rest], scope)) {
      walk.left -= 1;
      if (walk.left < 0 || depth > 40) walk.open.add('references without an end');
      else if (step.kind === 'expression') readOrigin(walk, step, step.rest, depth + 1);
      else if (step.kind === 'open') walk.open.add(step.what);
      else if (step.kind === 'resource') readAccount(walk, step, expression.text !== undefined);
      else if (typeof step.value === 'string' && isMember(step.value)) walk.members.add(step.value);
    }
  }
}

function readAccount(
  { view, numbers, members, open }: Walk,
  step: Extract<Step, { kind: 'resource' }>,
  hasText: boolean,
): void {
  const { resource, attribute } = step;
  const isAccount = attribute === undefined || /(^|_)(email|member|email_address|writer_identity)$/.test(attribute);
  if (resource.type === 'google_project_service_identity' && isAccount) {
    const service = textOf(view, resource, ['service']);
    if (service === 'iap.googleapis.com') members.add(buildAgentMember(numbers.of(projectOf(view, resource))));
    else if (service === undefined) open.add(`${resource.address} (its service is not known)`);
    else members.add(unknownAccount(resource));
  } else if (isAccount && (attribute !== undefined || resource.type === 'google_service_account')) {
    members.add(unknownAccount(resource));
  } else {
    const what = attribute === undefined ? resource.address : `${resource.address}.${attribute}`;
    open.add(hasText ? what : `${what} (a plan does not hold the text around it: name its folder with --source)`);
  }
}

/** An account that this plan makes: neither the public nor IAP's agent. */
function unknownAccount({ address }: PlannedResource): string {
  return `serviceAccount:(known after apply: ${address})`;
}

function isMember(text: string): boolean {
  return text === 'allUsers' || text === 'allAuthenticatedUsers' || /^[a-zA-Z]+:/.test(text);
}
