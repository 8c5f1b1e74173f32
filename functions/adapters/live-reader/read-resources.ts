import { normalizeBackend } from '../../core/estate/normalize/backend.ts';
import { parseRecord, parseText } from '../../core/estate/normalize/fields.ts';
import { normalizeNeg } from '../../core/estate/normalize/neg.ts';
import { normalizeRunService } from '../../core/estate/normalize/run-service.ts';
import type { Backend, Neg, ProjectLists, RunService, Unreadable } from '../../core/inventory.ts';
import { listBackendServices, listNegs } from './list-compute.ts';
import { listRunServices } from './list-run-services.ts';
import type { FoundProject, KnownProject } from './look-up-project.ts';
import { lookUpForeignProjects, readForeignNegs, readForeignServices } from './read-foreign.ts';
import type { Reading } from './reading.ts';

/** Load balancers and services of a project, and what its IAP backends reach in other projects. */
export interface Resources {
  readonly project: FoundProject;
  /** Other projects that its IAP backends name, where they could be looked up. */
  readonly others: readonly FoundProject[];
  readonly backends: readonly Backend[];
  readonly negs: ReadonlyMap<string, Neg>;
  readonly services: ReadonlyMap<string, RunService>;
  /** Of the project itself: what lies in others is read one by one. */
  readonly lists: ProjectLists;
  readonly unreadable: readonly Unreadable[];
}

/** Throws `project-not-found`, or `read-denied` / `read-failed` when one of the three lists cannot be read at all. */
export async function readResources(reading: Reading, asked: string): Promise<Resources> {
  const lists = readLists(reading, asked);
  // That the project is not there says more than a list's refusal: it goes first, and a list's alone is not lost below.
  lists.catch(() => undefined);
  const named = await nameProject(reading, asked);
  const [rawBackends, rawNegs, rawServices] = await lists;
  const number = named.number ?? findNumber(rawServices.items) ?? (await reading.lookUp(named.id)).number;
  const project = { id: named.id, number };

  const others = await lookUpForeignProjects(reading, project, rawBackends.items);
  const ids = new Map([project, ...others].map(({ id, number }) => [number, id]));
  const options = { canonicalProject: (text: string) => ids.get(text) ?? text };
  const backends = rawBackends.items.map((raw) => normalizeBackend(raw, options)).filter((item) => item !== undefined);
  const ownNegs = rawNegs.items.map((raw) => normalizeNeg(raw, options)).filter((item) => item !== undefined);
  const foreignNegs = await readForeignNegs(reading, project, backends);
  const ownServices = rawServices.items.map((raw) => normalizeRunService(raw, options));
  const foreignServices = await readForeignServices(reading, foreignNegs.found);

  return {
    project,
    others,
    backends,
    negs: byName([...ownNegs, ...foreignNegs.found]),
    services: byName([...ownServices.filter((item) => item !== undefined), ...foreignServices.found]),
    lists: { backends: rawBackends.missing, negs: rawNegs.missing, services: rawServices.missing },
    unreadable: [rawBackends, rawNegs, rawServices, foreignNegs, foreignServices].flatMap((part) => part.unreadable),
  };
}

async function nameProject({ lookUp, ancestry }: Reading, asked: string): Promise<KnownProject> {
  return /^\d+$/.test(asked) ? await lookUp(asked) : { id: (await ancestry(asked)).id };
}

/** Cloud Run writes the number of its own project into every service (FACTS 2). */
function findNumber(rawServices: readonly unknown[]): string | undefined {
  const metadata = parseRecord(parseRecord(rawServices[0])?.['metadata']);
  const namespace = parseText(metadata?.['namespace']);
  return namespace !== undefined && /^\d+$/.test(namespace) ? namespace : undefined;
}

/** All three at once, by the name that was asked for: Google takes id and number. */
function readLists({ clients, read }: Reading, project: string) {
  return Promise.all([
    clients.compute().then((compute) => listBackendServices(compute, read, project)),
    clients.compute().then((compute) => listNegs(compute, read, project)),
    clients.run().then((run) => listRunServices(run, read, project)),
  ]);
}

function byName<T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.name, thing]));
}
