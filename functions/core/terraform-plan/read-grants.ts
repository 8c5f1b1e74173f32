import { parseList, parseText } from '../estate/normalize/fields.ts';
import { parsePolicy } from '../estate/normalize/policy.ts';
import type { Binding, Condition } from '../inventory.ts';
import { customRoleName, isCustomRole } from './custom-roles.ts';
import { linkedResources } from './linked-resources.ts';
import { placeGrant } from './place-grant.ts';
import { textOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import type { ProjectNumbers } from './project-numbers.ts';
import { readMembers } from './read-members.ts';
import { readValue, type ValuePath, valueAt } from './resolve-expression.ts';

/** What one IAM resource of a plan grants, or (authoritative ones) leaves of others' grants. */
export interface PlannedGrant {
  readonly resource: PlannedResource;
  /** Full resource name of the service, project, folder or organisation, or of what IAP guards; undefined: nobody can tell. */
  readonly level: string | undefined;
  /** Whether it is about who passes IAP, not about who may invoke. */
  readonly isIap: boolean;
  /** `member` adds; `binding` decides who holds a role; `policy` decides all. */
  readonly authority: 'member' | 'binding' | 'policy';
  readonly bindings: readonly PlannedBinding[];
  /** What is not known of the whole grant, in words. */
  readonly open: readonly string[];
}

export interface PlannedBinding {
  /** Undefined: not known before apply. */
  readonly role: string | undefined;
  readonly members: readonly string[];
  readonly condition?: Condition;
  readonly open: readonly string[];
}

/** Every grant of a plan. Grants that it deletes are gone; those that it leaves alone count. */
export function readGrants(view: PlanView, numbers: ProjectNumbers): readonly PlannedGrant[] {
  return [...view.plan.resources.values()].flatMap((resource) => {
    const placed = resource.mode === 'managed' ? placeGrant(view, resource) : undefined;
    if (!placed) return [];
    const { authority } = placed;
    if (authority === 'policy') return [{ resource, ...placed, ...readPolicy(view, numbers, resource) }];
    const members = readMembers(view, numbers, resource, [authority === 'member' ? 'member' : 'members']);
    return [{ resource, ...placed, bindings: [{ ...readRole(view, resource, []), ...members }], open: [] }];
  });
}

function readRole(
  view: PlanView,
  resource: PlannedResource,
  path: ValuePath,
): Pick<PlannedBinding, 'role' | 'condition'> {
  const condition = readCondition(view, resource, [...path, 'condition']);
  return { role: readRoleName(view, resource, [...path, 'role']), ...(condition ? { condition } : {}) };
}

/** A custom role that the plan makes is named by what refers to it. */
function readRoleName(view: PlanView, resource: PlannedResource, path: ValuePath): string | undefined {
  const text = textOf(view, resource, path);
  if (text !== undefined) return text;
  const { resources } = linkedResources(view, resource, path, isCustomRole);
  const [role] = resources;
  return role && resources.length === 1 ? customRoleName(view, role) : undefined;
}

function readCondition(view: PlanView, resource: PlannedResource, path: ValuePath): Condition | undefined {
  const value = valueAt(resource, path);
  if (parseList(value).length === 0) return undefined;
  const text = (field: string) => {
    const one = readValue(view, resource, [...path, 0, field]);
    if (one.kind === 'unset') return {};
    return { [field]: one.kind === 'known' ? String(one.value) : '(known after apply)' };
  };
  return { ...text('title'), ...text('expression') };
}

/** `policy_data`: the JSON text itself, or the `google_iam_policy` data source that it comes from. */
function readPolicy(
  view: PlanView,
  numbers: ProjectNumbers,
  resource: PlannedResource,
): Pick<PlannedGrant, 'bindings' | 'open'> {
  const written = parseBindings(parseText(valueAt(resource, ['policy_data'])));
  if (written) return { bindings: written.map(fromBinding), open: [] };
  const { resources, open } = linkedResources(
    view,
    resource,
    ['policy_data'],
    ({ type }) => type === 'google_iam_policy',
  );
  const [data] = resources;
  if (!data || resources.length > 1) {
    return { bindings: [], open: open.length > 0 ? open : ['policy_data (it is made of values that come with apply)'] };
  }
  const bindings = parseList(valueAt(data, ['binding'])).map((_, index) => ({
    ...readRole(view, data, ['binding', index]),
    ...readMembers(view, numbers, data, ['binding', index, 'members']),
  }));
  return {
    bindings,
    open: data.unknown !== null && isTrue(data.unknown, 'binding') ? [`${data.address}.binding`] : [],
  };
}

function isTrue(unknown: unknown, field: string): boolean {
  return typeof unknown === 'object' && unknown !== null && (unknown as Record<string, unknown>)[field] === true;
}

function parseBindings(text: string | undefined): readonly Binding[] | undefined {
  if (text === undefined) return undefined;
  try {
    const policy = parsePolicy(JSON.parse(text));
    return policy && (policy.bindings ?? []);
  } catch {
    // Not the JSON of a policy: what it was made of may say more.
    return undefined;
  }
}

function fromBinding({ role, members = [], condition }: Binding): PlannedBinding {
  return { role, members, open: [], ...(condition ? { condition } : {}) };
}
