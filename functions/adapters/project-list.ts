import type { Settings } from '../config.ts';
import { isInScope } from '../core/settings/scope.ts';
import type { GoogleRead } from './google-read.ts';
import type { ReadClients } from './read-clients.ts';

/** Lists the projects that a sweep has to look at. */
export type ProjectList = () => Promise<readonly string[]>;

export interface ProjectListOptions {
  readonly clients: Pick<ReadClients, 'projects'>;
  readonly read: GoogleRead;
  readonly scope: Settings['scope'];
  /** Id of the project that the functions run in. */
  readonly ownProject: string | undefined;
}

/**
 * Ids of all projects in scope. A project that `scope.include` names whole is in it whether it can be seen or not, so that
 * one that cannot be read is found out; for patterns Resource Manager is asked what this account may see. Throws
 * `read-denied`, `read-failed`.
 */
export function createProjectList({ clients, read, scope, ownProject }: ProjectListOptions): ProjectList {
  return async () => {
    const { include } = scope;
    const whole = include.length === 0 && ownProject !== undefined ? [ownProject] : include.filter(isWhole);
    const seen = include.every(isWhole) ? [] : await search();
    return [...new Set([...whole, ...seen])].filter((project) => isInScope(project, scope, ownProject)).sort();
  };

  async function search(): Promise<readonly string[]> {
    const client = await clients.projects();
    const subject = {
      resource: '//cloudresourcemanager.googleapis.com/projects',
      what: 'the list',
      role: 'roles/browser (on the folder or organisation)',
    };
    // The client's own retries are off: `read` repeats.
    const [projects] = await read(subject, () => client.searchProjects({ query: 'state:ACTIVE' }, { retry: null }));
    return projects.flatMap(({ projectId }) => projectId || []);
  }
}

function isWhole(pattern: string): boolean {
  return !pattern.includes('*');
}
