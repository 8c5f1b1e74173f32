import type { CanonicalProject } from '../../core/estate/normalize/canonical-project.ts';
import type { Asset } from './asset-collector.ts';
import type { SeenProjects } from './seen-projects.ts';

/** Project ids and numbers of one input. */
export interface ProjectNames {
  /** The id of a number (or id) where it is known, else the word itself. */
  readonly canonical: CanonicalProject;
  /** The number of a canonical name, where it is known. */
  readonly numberOf: (project: string) => string | undefined;
}

/**
 * Relates numbers to ids, once all lines are read: by Project assets, and by lines that name the project by id and carry
 * its number in `ancestors` (CONTRACT 1). That a project was deleted does not change what its number was.
 */
export function resolveProjectNames(projects: SeenProjects, assets: Iterable<Asset>): ProjectNames {
  const idOf = new Map<string, string>();
  const numberOf = new Map<string, string>();
  const relate = (id: string, number: string): void => {
    idOf.set(number, id);
    numberOf.set(id, number);
  };
  for (const { spelling, number } of projects.all()) {
    if (number !== undefined && number !== spelling) relate(spelling, number);
  }
  for (const { resource } of assets) {
    const value = resource?.value;
    if (value?.kind === 'project' && value.id !== undefined && value.number !== undefined)
      relate(value.id, value.number);
  }
  return {
    canonical: (project) => idOf.get(project) ?? project,
    numberOf: (project) => numberOf.get(project) ?? (/^\d+$/.test(project) ? project : undefined),
  };
}
