import type { Settings } from '../../config.ts';

/**
 * Whether Sallyport may look at a project (id, or the number of one whose id is not known). Exclusion wins; an empty
 * `include` means the project that the functions run in, and nothing if that is not known. `*` stands for any run of characters.
 */
export function isInScope(project: string, scope: Settings['scope'], ownProject: string | undefined): boolean {
  if (scope.exclude.some((pattern) => matchesPattern(project, pattern))) return false;
  if (scope.include.length === 0) return ownProject !== undefined && project === ownProject;
  return scope.include.some((pattern) => matchesPattern(project, pattern));
}

/** Whether a name is of a pattern in which `*` stands for any run of characters. */
export function matchesPattern(name: string, pattern: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
