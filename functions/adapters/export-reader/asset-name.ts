import type { CanonicalProject } from '../../core/estate/normalize/canonical-project.ts';

const projectInName = /^(\/\/[^/]+\/projects\/)([^/]+)/;

/** The project that an asset's name lies in, as it is spelled there; undefined for names without one. */
export function projectInAssetName(name: string): string | undefined {
  return projectInName.exec(name)?.[2];
}

/** An asset's name with the canonical name of its project. */
export function canonicalAssetName(name: string, canonical: CanonicalProject): string {
  const project = projectInAssetName(name);
  if (project === undefined || canonical(project) === project) return name;
  return name.replace(projectInName, (_, before: string) => before + canonical(project));
}
