import { resolveAccessPaths } from '../../core/estate/access-paths.ts';
import { buildProjectName } from '../../core/estate/resource-name.ts';
import { compareText } from '../../core/finding.ts';
import type { Inheritance, NotEvaluated, Policy, Project, RunService, Unreadable } from '../../core/inventory.ts';
import { AppError } from '../../errors.ts';
import { buildProject, type KnownProject } from './look-up-project.ts';
import { findCustomRoles } from './read-custom-roles.ts';
import type { Resources } from './read-resources.ts';
import type { Reading } from './reading.ts';

/** Who may do what on the services of access paths, at every level. */
export interface AccessPolicies {
  readonly inheritance: Inheritance;
  readonly projects: ReadonlyMap<string, Project>;
  /** Without those that went away while they were read. */
  readonly services: ReadonlyMap<string, RunService>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** When those of services and projects were answered, in milliseconds since the epoch. */
  readonly policyReadAt: ReadonlyMap<string, number>;
  readonly customRoles: ReadonlyMap<string, readonly string[]>;
  readonly unreadable: readonly Unreadable[];
  readonly notEvaluated: readonly NotEvaluated[];
}

export interface AccessPolicyOptions {
  /** More services, by full resource name. */
  readonly alsoJudged: readonly string[];
  /** Custom roles whoever holds them, not only IAP or everybody. */
  readonly everyCustomRole: boolean;
}

/** Reads policies only of services on access paths, of those that `alsoJudged` names, and of what is above them. */
export async function readAccessPolicies(
  reading: Reading,
  resources: Resources,
  { alsoJudged, everyCustomRole }: AccessPolicyOptions,
): Promise<AccessPolicies> {
  const { paths } = resolveAccessPaths(
    { ...resources, source: { kind: 'live', inheritance: 'full' } },
    reading.urlMask,
  );
  const still = alsoJudged.filter((name) => resources.services.has(name));
  const judged = [...new Set([...paths.map(({ service }) => service.name), ...still])];
  const projectIds = [...new Set([resources.project.id, ...paths.map(({ service }) => service.project)])];

  const policies = new Map<string, Policy>();
  const policyReadAt = new Map<string, number>();
  const unreadable: Unreadable[] = [];
  const gone = new Set<string>();
  const direct = [...judged, ...projectIds.map(buildProjectName)].map(async (resource) => {
    const answer = await reading.policyOf(resource);
    if ('policy' in answer) {
      policies.set(resource, answer.policy);
      policyReadAt.set(resource, reading.now());
    } else if ('gap' in answer) unreadable.push(answer.gap);
    else gone.add(resource);
  });
  const projects = new Map<string, Project>();
  const above = projectIds.map(async (id) => {
    const known = [resources.project, ...resources.others].find((project) => project.id === id);
    const { project, ancestorPolicies } = await readAbove(reading, known ?? { id });
    projects.set(id, project);
    for (const [resource, policy] of ancestorPolicies) policies.set(resource, policy);
  });
  await Promise.all([...direct, ...above]);

  return {
    inheritance: [...projects.values()].every((project) => isComplete(project, policies)) ? 'full' : 'partial',
    projects,
    services: new Map([...resources.services].filter(([name]) => !gone.has(name))),
    policies,
    policyReadAt,
    unreadable,
    ...(await readCustomRoles(reading, policies, everyCustomRole)),
  };
}

interface Above {
  readonly project: Project;
  readonly ancestorPolicies: ReadonlyMap<string, Policy>;
}

/** A folder or organisation that may not be read is no gap of the project's: inheritance is `partial` then. */
async function readAbove(reading: Reading, known: KnownProject): Promise<Above> {
  const ancestors = await reading.ancestry(known.id).then((found) => found.ancestors, onlyDenied);
  const answers = await Promise.all(
    (ancestors ?? []).map(async (resource) => [resource, await reading.policyAbove(resource)] as const),
  );
  const readable = answers.flatMap(([resource, answer]) =>
    'policy' in answer ? [[resource, answer.policy] as const] : [],
  );
  return {
    project: buildProject(known, ancestors),
    ancestorPolicies: new Map(readable),
  };
}

function onlyDenied(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'project-not-found') return;
  throw error;
}

function isComplete({ name, ancestors }: Project, policies: ReadonlyMap<string, Policy>): boolean {
  return ancestors !== undefined && [buildProjectName(name), ...ancestors].every((level) => policies.has(level));
}

async function readCustomRoles(reading: Reading, policies: ReadonlyMap<string, Policy>, isEvery: boolean) {
  const customRoles = new Map<string, readonly string[]>();
  const notEvaluated: NotEvaluated[] = [];
  const reads = findCustomRoles(policies.values(), isEvery).map(async (role) => {
    const answer = await reading.customRole(role);
    if ('permissions' in answer) customRoles.set(role, answer.permissions);
    else notEvaluated.push(answer.gap);
  });
  await Promise.all(reads);
  notEvaluated.sort((a, b) => compareText(a.resource ?? '', b.resource ?? ''));
  return { customRoles, notEvaluated };
}
