import { parseComputeLink } from '../resource-name.ts';

/** The project id of an id or number where it is known, else the text itself (CONTRACT 1, canonical names). */
export type CanonicalProject = (idOrNumber: string) => string;

export interface NormalizeOptions {
  readonly canonicalProject: CanonicalProject;
  /** Full resource name as the source gives it (an asset's name); it wins over what the resource says of itself. */
  readonly name?: string;
}

/** A Compute link in any spelling as a full resource name with canonical project; undefined when it is none. */
export function canonicalComputeName(link: unknown, canonicalProject: CanonicalProject): string | undefined {
  const name = typeof link === 'string' ? parseComputeLink(link) : undefined;
  return name?.replace(projectOfCompute, (_, before: string, project: string) => before + canonicalProject(project));
}

const projectOfCompute = /^(\/\/compute\.googleapis\.com\/projects\/)([^/]+)/;
