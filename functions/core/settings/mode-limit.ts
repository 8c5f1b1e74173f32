import type { Settings } from '../../config.ts';
import { projectOf } from '../estate/resource-name.ts';
import type { Mode } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import { matchesPattern } from './scope.ts';

type Scope = Settings['scopes'][number];

/** The most that settings allow for a rule on a resource: the last scope that matches and says something, else the general word. */
export function modeLimit(
  rule: string,
  resource: string,
  inventory: Pick<Inventory, 'projects' | 'services'>,
  settings: Pick<Settings, 'modes' | 'scopes'>,
): Mode | undefined {
  const says = (modes: Settings['modes']): Mode | undefined => modes[rule] ?? modes['*'];
  const matching = settings.scopes.filter((scope) => isInside(scope, resource, inventory));
  return matching.map(({ modes }) => says(modes)).findLast((mode) => mode !== undefined) ?? says(settings.modes);
}

/** Every part that a scope names must match; a scope that names nothing matches everything. */
function isInside(
  scope: Scope,
  resource: string,
  { projects, services }: Pick<Inventory, 'projects' | 'services'>,
): boolean {
  const project = projectOf(resource);
  const ancestors = projects.get(project)?.ancestors ?? [];
  const labels = services.get(resource)?.labels ?? {};
  return (
    (scope.projects?.some((pattern) => matchesPattern(project, pattern)) ?? true) &&
    (scope.folders?.some((folder) => ancestors.some((name) => name.endsWith(`/folders/${folder}`))) ?? true) &&
    Object.entries(scope.labels ?? {}).every(([key, value]) => labels[key] === value)
  );
}
