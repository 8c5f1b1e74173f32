import type { OwnProject } from '../adapters/own-project.ts';
import type { ProjectId } from '../adapters/project-numbers.ts';
import type { Settings } from '../config.ts';
import { isInScope } from '../core/settings/scope.ts';

export interface ScopeDeps {
  readonly settings: Pick<Settings, 'scope'>;
  /** The project that the functions run in. */
  readonly ownProject: OwnProject;
  readonly projectId: ProjectId;
}

/**
 * The project's canonical name, if it is in scope. Nothing is read for a project that is out of scope, except that a
 * number which patterns are to be compared with is mapped to its id (one look-up, kept).
 */
export async function findProjectInScope(project: string, deps: ScopeDeps): Promise<string | undefined> {
  const { ownProject } = deps;
  const { scope } = deps.settings;
  const own = project === ownProject.number ? (ownProject.id ?? project) : project;
  if (scope.exclude.includes(project)) return undefined;
  const id = scope.include.length === 0 ? own : await deps.projectId(own);
  return isInScope(id, scope, ownProject.id) ? id : undefined;
}
