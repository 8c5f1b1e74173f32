import type { ProjectsClient } from '@google-cloud/resource-manager';
import type { cloudresourcemanager_v1 } from 'googleapis/build/src/apis/cloudresourcemanager/v1.js';
import type { Project } from '../../core/inventory.ts';
import { parseList, parseRecord, parseText } from '../../core/normalize/fields.ts';
import { buildProjectName } from '../../core/resource-name.ts';
import { TerminalError } from '../../errors.ts';
import { GoogleNotFound, type GoogleRead } from '../google-read.ts';

const role = 'roles/browser';

export interface LookUpClients {
  projects(): Promise<ProjectsClient>;
  resourceManagerV1(): Promise<cloudresourcemanager_v1.Cloudresourcemanager>;
}

export interface FoundProject {
  readonly id: string;
  readonly number: string;
  /** `folders/1` or `organizations/2`; absent for a project that stands alone. */
  readonly parent?: string;
}

/** A project by id or number. Throws `project-not-found`; Google answers 403 for a project that does not exist, too. */
export async function lookUpProject(clients: LookUpClients, read: GoogleRead, project: string): Promise<FoundProject> {
  const client = await clients.projects();
  const subject = { resource: buildProjectName(project), what: 'the project', role };
  try {
    // The client's own retries are off: `read` repeats.
    const [found] = await read(subject, () => client.getProject({ name: `projects/${project}` }, { retry: null }));
    const id = parseText(found.projectId);
    const number = parseText(found.name)?.replace(/^projects\//, '');
    const parent = parseText(found.parent);
    if (id && number) return { id, number, ...(parent === undefined ? {} : { parent }) };
    throw buildNotFound(project, undefined);
  } catch (error) {
    throw isAbsent(error) ? buildNotFound(project, error) : error;
  }
}

/** Full resource names of folders and organisation above a project, nearest first. One call only where there are folders. */
export async function readAncestors(
  clients: LookUpClients,
  read: GoogleRead,
  { id, parent }: FoundProject,
): Promise<readonly string[]> {
  if (parent === undefined) return [];
  if (parent.startsWith('organizations/')) return [buildAncestorName(parent)];
  const client = await clients.resourceManagerV1();
  const { data } = await read({ resource: buildProjectName(id), what: 'the ancestors', role }, () =>
    client.projects.getAncestry({ projectId: id, requestBody: {} }),
  );
  return parseList(data.ancestor).flatMap((ancestor) => {
    const resource = parseRecord(parseRecord(ancestor)?.['resourceId']);
    const [type, ancestorId] = [resource?.['type'], parseText(resource?.['id'])];
    if (ancestorId === undefined || (type !== 'folder' && type !== 'organization')) return [];
    return [buildAncestorName(`${type}s/${ancestorId}`)];
  });
}

/** A project as the inventory holds it. */
export function buildProject({ id, number }: FoundProject, ancestors: readonly string[] | undefined): Project {
  return { name: id, number, ...(ancestors === undefined ? {} : { ancestors }) };
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
