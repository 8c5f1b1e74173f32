import { ancestorNames, canonicalName, canonicalProject, learnNames, type Names, projectInName } from './names.ts';
import type { Binding, Estate, ExportFile, Json } from './oracle-types.ts';
import { readBackend, readNeg, readService } from './read-assets.ts';
import { asList, asObject, asText, type Line, readLines } from './read-lines.ts';
import { readPushes } from './read-pushes.ts';

const runName = /^\/\/run\.googleapis\.com\/projects\/[^/]+\/locations\/[^/]+\/services\/[^/]+$/;
const backendName = /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+)\/backendServices\/[^/]+$/;
const negName =
  /^\/\/compute\.googleapis\.com\/projects\/[^/]+\/(global|regions\/[^/]+|zones\/[^/]+)\/networkEndpointGroups\/[^/]+$/;
const roleName = /^\/\/iam\.googleapis\.com\/((?:projects|organizations)\/[^/]+\/roles\/[^/]+)$/;

/** CONTRACT 3, and the parts of CONTRACT 1 that say what a line means. */
export function readEstate(files: readonly ExportFile[]): Estate {
  const { lines, malformed } = readLines(files);
  const names = learnNames(lines);
  const resources = contest(lines, names, (line) => line.resource !== undefined);
  const policies = contest(lines, names, (line) => line.policy !== undefined);
  // Reading (docs/decisions/0008): where an asset's own line names no ancestors, another line of its project does.
  const services = [];
  const backends = [];
  const negs = [];
  const invokingCustomRoles = [];
  for (const [name, line] of resources) {
    const data = asObject(line.resource?.['data']) ?? {};
    const ancestors = ancestorNames(line.ancestors ?? ancestorsOfProject(projectInName(name), lines, names), names);
    // CONTRACT 3: "asset type ignored: `RegionBackendService` and `BackendService` both count, the *name* says global or
    // regional"
    if (runName.test(name)) services.push(readService(name, data, ancestors));
    if (backendName.test(name)) backends.push(readBackend(name, data, ancestors, names));
    if (negName.test(name)) negs.push(readNeg(name, data));
    // CONTRACT 1: "a custom role whose definition was read and contains run.routes.invoke"
    const role = roleName.exec(name)?.[1];
    if (role !== undefined && asList(data['includedPermissions']).includes('run.routes.invoke')) {
      invokingCustomRoles.push(role);
    }
  }
  const bindings = new Map<string, readonly Binding[]>();
  for (const [name, line] of policies) bindings.set(name, readBindings(line.policy ?? {}));
  const projectOfLine = (line: Line) => canonicalProject(projectInName(line.name) ?? '', names);
  return {
    services,
    backends,
    negs,
    invokingCustomRoles,
    policies: bindings,
    // CONTRACT 3: "if the input holds any IAM_POLICY line whose canonical name lies in that project (the Project itself
    // included)"
    projectsWithPolicyLine: lines.filter((line) => line.policy !== undefined).map(projectOfLine),
    // CONTRACT 2, dangling-neg: "a Run Service line of that project". Reading: a RESOURCE line; one of a policy does not
    // show that the services themselves were exported.
    projectsWithRunLine: lines
      .filter((line) => runName.test(line.name) && line.resource !== undefined && !line.deleted)
      .map(projectOfLine),
    projectsWithIapPolicyLine: lines
      .filter((line) => line.policy !== undefined && line.name.startsWith('//iap.googleapis.com/'))
      .map(projectOfLine),
    projects: projectsWithAnyLine(lines, names),
    // Reading: a RESOURCE line, as for Run services.
    hasSubscriptionLine: lines.some(
      ({ name, resource, deleted }) => /^\/\/pubsub\.[^/]*\/.*\/subscriptions\//.test(name) && resource && !deleted,
    ),
    pushes: readPushes(resources, names),
    malformed,
    numbers: names.numbers,
  };
}

function ancestorsOfProject(
  project: string | undefined,
  lines: readonly Line[],
  names: Names,
): readonly string[] | undefined {
  const ofProject = lines.filter(({ name }) => canonicalProject(projectInName(name) ?? '', names) === project);
  return ofProject.find(({ ancestors }) => ancestors !== undefined)?.ancestors;
}

/** CONTRACT 4: "`projects` = projects with any line or readable answer" */
function projectsWithAnyLine(lines: readonly Line[], names: Names): readonly string[] {
  // Reading (docs/decisions/0008): a line belongs to the project that its name lies in; its `ancestors` count none.
  const found: string[] = [];
  for (const line of lines) {
    const project = projectInName(line.name);
    if (project === undefined) continue;
    const canonical = canonicalProject(project, names);
    if (!found.includes(canonical)) found.push(canonical);
  }
  return found;
}

/**
 * CONTRACT 3: "The same asset = the same canonical name [...]: latest update time as an instant, tie: the later line. A
 * `deleted` line takes part in that contest; if it wins, the asset is gone."
 */
function contest(lines: readonly Line[], names: Names, hasContent: (line: Line) => boolean): ReadonlyMap<string, Line> {
  const winners = new Map<string, Line>();
  for (const line of lines) {
    if (!line.deleted && !hasContent(line)) continue;
    const name = canonicalName(line.name, names);
    const before = winners.get(name);
    if (before === undefined || line.updated >= before.updated) winners.set(name, line);
  }
  for (const [name, line] of [...winners]) if (line.deleted) winners.delete(name);
  return winners;
}

function readBindings(policy: Json): readonly Binding[] {
  const bindings: Binding[] = [];
  for (const value of asList(policy['bindings'])) {
    const binding = asObject(value) ?? {};
    bindings.push({
      role: asText(binding['role']),
      members: asList(binding['members']).map(asText),
      conditional: isCondition(binding['condition']),
    });
  }
  return bindings;
}

/** CONTRACT 1: "An empty `condition` is none." */
function isCondition(value: unknown): boolean {
  const condition = asObject(value);
  return condition !== undefined && Object.values(condition).some((field) => asText(field) !== '');
}
