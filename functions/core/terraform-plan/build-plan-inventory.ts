import { iapLevelsOf } from '../estate/iap-levels.ts';
import { parseText } from '../estate/normalize/fields.ts';
import type { Backend, Inventory, Neg, Policy, Project, RunService } from '../inventory.ts';
import { readCustomRoles } from './custom-roles.ts';
import { aboveName } from './place-grant.ts';
import { projectOf } from './place-of.ts';
import type { PlannedResource } from './plan-file.ts';
import type { PlanView } from './plan-view.ts';
import { type ProjectNumbers, readProjectNumbers } from './project-numbers.ts';
import { type PlannedBackend, readBackends } from './read-backends.ts';
import { type PlannedGrant, readGrants } from './read-grants.ts';
import { type PlannedNeg, readNegs } from './read-negs.ts';
import { type PlannedService, readServices } from './read-services.ts';
import { type SettledPolicy, settlePolicy } from './settle-policies.ts';

/** The estate after apply, as far as a plan knows it, and where each part of it comes from. */
export interface PlanInventory {
  readonly inventory: Inventory;
  readonly numbers: ProjectNumbers;
  /** By full resource name. */
  readonly services: ReadonlyMap<string, PlannedService>;
  readonly backends: ReadonlyMap<string, PlannedBackend>;
  readonly negs: ReadonlyMap<string, PlannedNeg>;
  readonly grants: readonly PlannedGrant[];
  /** What each level's grants come to, IAP's own levels included. */
  readonly policies: ReadonlyMap<string, SettledPolicy>;
}

/** Same model as every other source; a service whose policy the plan does not touch has an empty one. Pure. */
export function buildPlanInventory(view: PlanView, file: string): PlanInventory {
  const numbers = readProjectNumbers(view);
  const services = byName(readServices(view), ({ service }) => service.name);
  const backends = byName(readBackends(view), ({ backend }) => backend.name);
  const negs = byName(readNegs(view), ({ neg }) => neg.name);
  const grants = readGrants(view, numbers);
  const policies = settleLevels(grants);
  const ofServices = new Map<string, Policy>([...services.keys()].map((name) => [name, {}]));
  const projects = readProjects(view, numbers, services.values(), backends.values());
  const guarded = [
    ...[...backends.values()].map(({ backend }) => backend),
    ...[...services.values()].map(({ service }) => service).filter(({ iapEnabled }) => iapEnabled),
  ];
  const iapLevels = guarded.map((one): [string, readonly string[]] => [one.name, iapLevelsOf({ projects }, one)]);
  return {
    inventory: {
      source: { kind: 'asset-export', files: [file], inheritance: 'partial' },
      projects,
      backends: [...backends.values()].map(({ backend }) => withoutUnplanned(backend, negs)),
      negs: mapValues(negs, ({ neg }): Neg => neg),
      services: mapValues(services, ({ service }): RunService => service),
      policies: new Map([...ofServices, ...mapValues(policies, ({ policy }) => policy)]),
      iapPolicies: new Map(
        iapLevels.map(([name, levels]) => [name, levels.map((level) => policies.get(level)?.policy).filter(isThere)]),
      ),
      iapPolicyGaps: new Map(iapLevels.map(([name, levels]) => [name, levels.filter((level) => !policies.has(level))])),
      customRoles: readCustomRoles(view),
      unreadable: [],
      notEvaluated: [],
    },
    numbers,
    services,
    backends,
    negs,
    grants,
    policies,
  };
}

/** Groups that the plan does not hold are said apart, in words about plans. */
function withoutUnplanned(backend: Backend, negs: ReadonlyMap<string, PlannedNeg>): Backend {
  return { ...backend, groups: backend.groups.filter((group) => negs.has(group)) };
}

function settleLevels(grants: readonly PlannedGrant[]): ReadonlyMap<string, SettledPolicy> {
  const byLevel = Map.groupBy(grants, ({ level }) => level);
  return new Map(
    [...byLevel].flatMap(([level, same]): [string, SettledPolicy][] =>
      level === undefined ? [] : [[level, settlePolicy(same)]],
    ),
  );
}

function readProjects(
  view: PlanView,
  numbers: ProjectNumbers,
  services: Iterable<PlannedService>,
  backends: Iterable<PlannedBackend>,
): ReadonlyMap<string, Project> {
  const names = new Set([
    ...[...services].map(({ service }) => service.project),
    ...[...backends].map(({ backend }) => backend.project),
  ]);
  const planned = new Map<string, PlannedResource>();
  for (const resource of view.plan.resources.values()) {
    if (resource.type === 'google_project') planned.set(projectOf(view, resource), resource);
  }
  return new Map(
    [...names].map((name) => {
      const ancestors = readAncestors(planned.get(name));
      return [name, { name, number: numbers.of(name), ...(ancestors.length > 0 ? { ancestors } : {}) }];
    }),
  );
}

function readAncestors(project: PlannedResource | undefined): readonly string[] {
  const folder = parseText(project?.values['folder_id']);
  const organization = parseText(project?.values['org_id']);
  return [
    ...(folder === undefined ? [] : [aboveName('folders', folder)]),
    ...(organization === undefined ? [] : [aboveName('organizations', organization)]),
  ];
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}

function byName<Item>(items: readonly Item[], nameOf: (item: Item) => string): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [nameOf(item), item]));
}

function mapValues<From, To>(map: ReadonlyMap<string, From>, change: (value: From) => To): ReadonlyMap<string, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
