import type { CanonicalProject } from '../../core/estate/normalize/canonical-project.ts';
import { type Asset, type Claim, isLater } from './asset-collector.ts';

/** What stands above projects and services: full resource names of folders and organisation, nearest first; undefined = no line said it. */
export interface Ancestors {
  readonly add: (asset: Asset, claim: Claim<unknown>) => void;
  readonly ofProject: (project: string) => readonly string[] | undefined;
  /** By an asset's own line; where that has none, by its project's. */
  readonly ofAsset: (asset: Asset) => readonly string[] | undefined;
}

/** Gathers the `ancestors` of lines that stand; of two that differ about one project, the later one counts. */
export function createAncestors(canonical: CanonicalProject): Ancestors {
  const ofProjects = new Map<string, Claim<unknown>>();
  const above = new Map<readonly string[], readonly string[]>();

  /** Lists are shared by nearly all assets of a project: each is turned into names once. */
  const namesOf = (ancestors: readonly string[]): readonly string[] => {
    const known = above.get(ancestors);
    if (known) return known;
    const names = ancestors
      .filter((ancestor) => !ancestor.startsWith('projects/'))
      .map((ancestor) => `//cloudresourcemanager.googleapis.com/${ancestor}`);
    above.set(ancestors, names);
    return names;
  };

  const ofProject = (project: string): readonly string[] | undefined => {
    const ancestors = ofProjects.get(project)?.ancestors;
    return ancestors && namesOf(ancestors);
  };

  return {
    add: (asset, claim) => {
      if (!claim.ancestors || asset.project === undefined) return;
      const project = canonical(asset.project);
      const known = ofProjects.get(project);
      if (!known || (known.ancestors !== claim.ancestors && isLater(claim, known))) ofProjects.set(project, claim);
    },
    ofProject,
    ofAsset: ({ project, resource }) => {
      if (resource?.ancestors) return namesOf(resource.ancestors);
      return project === undefined ? undefined : ofProject(canonical(project));
    },
  };
}
