import { normalizeBackend } from '../../core/estate/normalize/backend.ts';
import { normalizeNeg } from '../../core/estate/normalize/neg.ts';
import { normalizeRunService } from '../../core/estate/normalize/run-service.ts';
import { buildServiceName, parseComputeName } from '../../core/estate/resource-name.ts';
import type { Backend, Neg, RunService, Unreadable } from '../../core/inventory.ts';
import { AppError } from '../../errors.ts';
import { GoogleNotFound } from '../google-read.ts';
import { getNeg } from './list-compute.ts';
import { getRunService } from './list-run-services.ts';
import type { FoundProject } from './look-up-project.ts';
import type { Reading } from './reading.ts';

/** Things of other projects, read one by one, and those that could not be. */
export interface Foreign<T> {
  readonly found: readonly T[];
  readonly unreadable: readonly Unreadable[];
}

/** The other projects that IAP backends name; one that cannot be looked up is left out: reading its NEG says why. */
export async function lookUpForeignProjects(
  { lookUp }: Reading,
  own: FoundProject,
  rawBackends: readonly unknown[],
): Promise<readonly FoundProject[]> {
  const canonicalProject = (text: string) => (text === own.number ? own.id : text);
  const backends = rawBackends.map((raw) => normalizeBackend(raw, { canonicalProject }));
  const negs = foreignNegNames(
    own,
    backends.filter((backend) => backend !== undefined),
  );
  const projects = new Set(negs.map((name) => parseComputeName(name)?.project).filter((name) => name !== undefined));
  const answers = await Promise.allSettled([...projects].map((project) => lookUp(project)));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** NEGs in other projects that IAP backends name. */
export function readForeignNegs(
  { clients, read }: Reading,
  own: FoundProject,
  backends: readonly Backend[],
): Promise<Foreign<Neg>> {
  return readEach(foreignNegNames(own, backends), 'neg-not-readable', async (name) =>
    normalizeNeg(await getNeg(await clients.compute(), read, name), { canonicalProject: asItIs, name }),
  );
}

/** The services that those NEGs name; a service is always in its NEG's project and region. */
export function readForeignServices({ clients, read }: Reading, negs: readonly Neg[]): Promise<Foreign<RunService>> {
  const names = negs.map(serviceNameOf).filter((name) => name !== undefined);
  return readEach([...new Set(names)], 'service-not-readable', async (name) =>
    normalizeRunService(await getRunService(await clients.run(), read, name), { canonicalProject: asItIs, name }),
  );
}

/** The names are canonical already. */
function asItIs(project: string): string {
  return project;
}

function foreignNegNames(own: FoundProject, backends: readonly Backend[]): readonly string[] {
  const groups = backends.filter((backend) => backend.iapEnabled).flatMap((backend) => backend.groups);
  return [...new Set(groups)].filter((group) => {
    const parts = parseComputeName(group);
    return parts?.collection === 'networkEndpointGroups' && parts.project !== own.id;
  });
}

/** A function runs as the Run service of its name in lower case with `_` as `-` (DESIGN 4); masks name no service. */
function serviceNameOf({ project, region, target }: Neg): string | undefined {
  if (target.kind === 'run') return buildServiceName({ project, region, id: target.service });
  if (target.kind !== 'function') return undefined;
  return buildServiceName({ project, region, id: target.function.toLowerCase().replaceAll('_', '-') });
}

async function readEach<T>(
  names: readonly string[],
  code: string,
  readOne: (name: string) => Promise<T | undefined>,
): Promise<Foreign<T>> {
  const unreadable: Unreadable[] = [];
  const read = names.map(async (name) => {
    try {
      return await readOne(name);
    } catch (error) {
      if (error instanceof GoogleNotFound) return undefined;
      if (!(error instanceof AppError) || error.code !== 'read-denied') throw error;
      unreadable.push({ resource: name, code, message: `${error.message} ${error.hint ?? ''}`.trimEnd() });
      return undefined;
    }
  });
  const found = (await Promise.all(read)).filter((thing) => thing !== undefined);
  return { found, unreadable };
}
