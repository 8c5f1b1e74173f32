import type { Settings } from '../../config.ts';
import { projectOf } from '../estate/resource-name.ts';

/**
 * Whether Sallyport may look at a project (id, or the number of one whose id is not known). Exclusion wins; an empty
 * `include` means the project that the functions run in, and nothing if that is not known. `*` stands for any run of characters.
 */
export function isInScope(project: string, scope: Settings['scope'], ownProject: string | undefined): boolean {
  if (scope.exclude.some((pattern) => matchesPattern(project, pattern))) return false;
  if (scope.include.length === 0) return ownProject !== undefined && project === ownProject;
  return scope.include.some((pattern) => matchesPattern(project, pattern));
}

/** `own`: a thing of the project that a run looks at. `other`: of another one, which the scope names as well. */
export type Reach = 'own' | 'other' | 'out-of-scope';

/**
 * How far a run of one project (its id, and its number where the run was asked for by it) may reach: its balancers may
 * lead into other projects, and whoever edits them does not decide what is changed there.
 */
export function reachOf(resource: string, own: readonly string[], scope: Settings['scope']): Reach {
  const project = projectOf(resource);
  if (own.includes(project)) return 'own';
  // An id that is not known may be one that is excluded.
  if (project === '' || /^\d+$/.test(project)) return 'out-of-scope';
  return isInScope(project, scope, own[0]) ? 'other' : 'out-of-scope';
}

/** Whether a name is of a pattern in which `*` stands for any run of characters. */
export function matchesPattern(name: string, pattern: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
