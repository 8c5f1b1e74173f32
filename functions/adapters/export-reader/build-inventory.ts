import { resolveAccessPaths } from '../../core/estate/access-paths.ts';
import { compareText } from '../../core/finding.ts';
import type {
  Backend,
  Inventory,
  Neg,
  Policy,
  Project,
  ProjectLists,
  RunService,
  Unreadable,
} from '../../core/inventory.ts';
import { createAncestors } from './ancestors.ts';
import { type Asset, unlessDeleted } from './asset-collector.ts';
import { canonicalValue, mergeAssets } from './canonical-asset.ts';
import { judgeInheritance } from './judge-inheritance.ts';
import { listNotEvaluated } from './list-not-evaluated.ts';
import type { SeenKinds } from './name-verdict.ts';
import { emptyPolicy } from './parse-asset-policy.ts';
import { type ProjectNames, resolveProjectNames } from './project-names.ts';
import { buildPushPaths, collectPushPart, createPushParts } from './push-parts.ts';
import { readIapPolicies } from './read-iap-policies.ts';
import type { SeenProjects } from './seen-projects.ts';

/** What all lines of all files came to. */
export interface CollectedExport {
  readonly files: readonly string[];
  readonly assets: ReadonlyMap<string, Asset>;
  readonly projects: SeenProjects;
  readonly kinds: SeenKinds;
  readonly unreadable: readonly Unreadable[];
}

/** The inventory of an export (CONTRACT 3), with canonical names throughout. Pure. */
export function buildInventory(collected: CollectedExport, urlMask: 'observe' | 'labelled'): Inventory {
  const names = resolveProjectNames(collected.projects, collected.assets.values());
  const backends: Backend[] = [];
  const negs = new Map<string, Neg>();
  const services = new Map<string, RunService>();
  const policies = new Map<string, Policy>();
  const customRoles = new Map<string, readonly string[]>();
  const ancestors = createAncestors(names.canonical);
  const parts = createPushParts();
  const notKnown = new Set<string>();
  const unreadable: Unreadable[] = [...collected.unreadable];

  const assets = mergeAssets(collected.assets, names.canonical);
  for (const asset of assets.values()) {
    const resource = unlessDeleted(asset.resource, asset.deletion);
    const policy = unlessDeleted(asset.policy, asset.deletion);
    if (policy) ancestors.add(asset, policy);
    if (resource) ancestors.add(asset, resource);
    if (policy?.value) policies.set(asset.name, policy.value);
    else if (policy) {
      notKnown.add(asset.name);
      unreadable.push(notUnderstood(asset.name, 'policy'));
    }
    if (resource && !resource.value) unreadable.push(notUnderstood(asset.name, 'resource'));
    if (!resource?.value) continue;
    const value = canonicalValue(resource.value, names.canonical);
    if (value.kind === 'backend') backends.push(value.backend);
    if (value.kind === 'neg') negs.set(asset.name, value.neg);
    if (value.kind === 'service') services.set(asset.name, value.service);
    collectPushPart(asset.name, value, parts, names);
    if (value.kind === 'role') customRoles.set(asset.name.slice('//iam.googleapis.com/'.length), value.permissions);
  }

  const withPolicies = projectsWithPolicyLines(collected.projects, names);
  for (const { name, project } of services.values()) {
    if (policies.has(name) || notKnown.has(name)) continue;
    if (withPolicies.has(project)) policies.set(name, emptyPolicy);
    else unreadable.push({ resource: name, code: 'iam-policy-not-exported', message: noPolicy });
  }

  const projects = buildProjects(collected.projects, names, ancestors.ofProject);
  const withServices = new Set<string>();
  const withIapPolicies = new Set<string>();
  for (const { kind, project, resource, policy } of assets.values()) {
    if (project === undefined) continue;
    if (kind === 'service' && resource) withServices.add(project);
    if (kind === 'iap' && policy) withIapPolicies.add(project);
  }
  backends.sort((a, b) => compareText(a.name, b.name));
  const source = { kind: 'asset-export', files: collected.files, inheritance: 'partial' } as const;
  const ancestorsOf = ({ name }: RunService) => {
    const asset = assets.get(name);
    return asset && ancestors.ofAsset(asset);
  };
  const { paths } = resolveAccessPaths({ backends, negs, services, source }, urlMask);
  return {
    source: { ...source, inheritance: judgeInheritance(paths, ancestorsOf, policies) },
    projects,
    backends,
    negs,
    services,
    policies,
    customRoles,
    unreadable,
    ...buildPushPaths(parts, collected.kinds),
    lists: listServiceLists(withServices, collected.unreadable.length === 0),
    ...(collected.kinds.hasIapPolicy ? readIapPolicies({ backends, negs, projects }, policies, withIapPolicies) : {}),
    notEvaluated: listNotEvaluated(collected.kinds),
  };
}

/**
 * How far an export reaches: where it holds a Run service of a project, all of them, unless a line was lost (CONTRACT 2,
 * dangling-neg). Of backends and NEGs nobody can say.
 */
function listServiceLists(projects: ReadonlySet<string>, isWhole: boolean): ReadonlyMap<string, ProjectLists> {
  const services = isWhole ? [] : ['*'];
  return new Map([...projects].map((project) => [project, { backends: ['*'], negs: ['*'], services }]));
}

const noPolicy =
  'The input holds no IAM_POLICY line of this project, so this service’s policy is not known; export with --content-type=iam-policy as well.';

function notUnderstood(resource: string, part: 'resource' | 'policy'): Unreadable {
  return {
    resource,
    code: `${part}-not-understood`,
    message: `The ${part} in the input has a form that Google never writes.`,
  };
}

function projectsWithPolicyLines(projects: SeenProjects, names: ProjectNames): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { spelling, hasPolicyLine } of projects.all()) if (hasPolicyLine) found.add(names.canonical(spelling));
  return found;
}

type AncestorsOf = (project: string) => readonly string[] | undefined;

function buildProjects(
  seen: SeenProjects,
  names: ProjectNames,
  ancestorsOf: AncestorsOf,
): ReadonlyMap<string, Project> {
  const projects = new Map<string, Project>();
  for (const { spelling } of seen.all()) {
    const name = names.canonical(spelling);
    const number = names.numberOf(name);
    const above = ancestorsOf(name);
    projects.set(name, { name, ...(number ? { number } : {}), ...(above ? { ancestors: above } : {}) });
  }
  return projects;
}
