import { parseList, parseRecord, parseText } from '../../core/estate/normalize/fields.ts';
import { buildProjectName } from '../../core/estate/resource-name.ts';
import type { Project } from '../../core/inventory.ts';
import { TerminalError } from '../../errors.ts';
import { GoogleNotFound, type GoogleRead } from '../google-read.ts';
import type { ReadClients } from '../read-clients.ts';

const role = 'roles/browser';

export interface FoundProject {
  readonly id: string;
  readonly number: string;
}

/** Id and number of a project by either. Throws `project-not-found`; Google answers 403 for a project that does not exist, too. */
export async function lookUpProject(clients: LookUpClients, read: GoogleRead, project: string): Promise<FoundProject> {
  const client = await clients.projects();
  // The client's own retries are off: `read` repeats.
  const [found] = await read(subjectOf(project), () =>
    client.getProject({ name: `projects/${project}` }, { retry: null }),
  ).catch((error: unknown) => refuse(project, error));
  const id = parseText(found.projectId);
  const number = parseText(found.name)?.replace(/^projects\//, '');
  if (id && number) return { id, number };
  throw buildNotFound(project, undefined);
}

export interface Ancestry {
  /** The project's id. */
  readonly id: string;
  /** Full resource names of folders and organisation above it, nearest first. */
  readonly ancestors: readonly string[];
}

/** Where a project stands, in one call. Throws `project-not-found`. */
export async function readAncestry(clients: LookUpClients, read: GoogleRead, project: string): Promise<Ancestry> {
  const client = await clients.resourceManagerV1();
  const { data } = await read(subjectOf(project), () =>
    client.projects.getAncestry({ projectId: project, requestBody: {} }),
  ).catch((error: unknown) => refuse(project, error));
  const line = parseList(data.ancestor).map((ancestor) => parseRecord(parseRecord(ancestor)?.['resourceId']));
  const ids = (type: string) =>
    line.filter((one) => one?.['type'] === type).flatMap((one) => parseText(one?.['id']) ?? []);
  const above = [
    ...ids('folder').map((id) => `folders/${id}`),
    ...ids('organization').map((id) => `organizations/${id}`),
  ];
  return { id: ids('project')[0] ?? project, ancestors: above.map(buildAncestorName) };
}

/** A project as the inventory holds it. */
export function buildProject({ id, number }: KnownProject, ancestors: readonly string[] | undefined): Project {
  return { name: id, ...(number === undefined ? {} : { number }), ...(ancestors === undefined ? {} : { ancestors }) };
}

export interface KnownProject {
  readonly id: string;
  readonly number?: string;
}

export type LookUpClients = Pick<ReadClients, 'projects' | 'resourceManagerV1'>;

function subjectOf(project: string) {
  return { resource: buildProjectName(project), what: 'the project', role };
}

function refuse(project: string, error: unknown): never {
  throw isAbsent(error) ? buildNotFound(project, error) : error;
}

function buildAncestorName(relative: string): string {
  return `//cloudresourcemanager.googleapis.com/${relative}`;
}

function isAbsent(error: unknown): boolean {
  return error instanceof GoogleNotFound || (error instanceof Error && 'code' in error && error.code === 'read-denied');
}

function buildNotFound(project: string, cause: unknown): TerminalError {
  return new TerminalError('project-not-found', `Project ${project} does not exist, or may not be read.`, {
    hint: `Check the name (gcloud projects describe ${project}), and grant ${role} on it to the account that Sallyport runs as.`,
    cause,
  });
}
