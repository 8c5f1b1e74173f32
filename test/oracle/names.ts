import { asObject, asText, type Line } from './read-lines.ts';

/** What the lines tell about projects: number to id. */
export interface Names {
  readonly idOfNumber: ReadonlyMap<string, string>;
  /** Canonical project to number. */
  readonly numbers: ReadonlyMap<string, string>;
}

/**
 * CONTRACT 1: "Project = project id wherever it can be known (Project asset, `ancestors` number <-> id, live look-up),
 * else the number."
 */
export function learnNames(lines: readonly Line[]): Names {
  const idOfNumber = new Map<string, string>();
  const numbers = new Map<string, string>();
  const learn = (id: string, number: string) => {
    if (id === '' || isNumber(id) || !isNumber(number)) return;
    idOfNumber.set(number, id);
    numbers.set(id, number);
  };
  for (const line of lines) {
    const own = projectInName(line.name);
    const inAncestors = (line.ancestors ?? []).filter((one) => one.startsWith('projects/'));
    for (const one of inAncestors) if (own !== undefined) learn(own, one.slice('projects/'.length));
    // A Project asset.
    const data = asObject(line.resource?.['data']);
    if (/^\/\/cloudresourcemanager\.googleapis\.com\/projects\/[^/]+$/.test(line.name) && data !== undefined) {
      const id = asText(data['projectId']) || (own ?? '');
      const number = String(data['projectNumber'] ?? '') || (own ?? '');
      learn(id, number);
    }
  }
  return { idOfNumber, numbers };
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

export function projectInName(name: string): string | undefined {
  return /^\/\/[^/]+\/projects\/([^/]+)/.exec(name)?.[1];
}

export function canonicalProject(project: string, names: Names): string {
  return names.idOfNumber.get(project) ?? project;
}

/** CONTRACT 1: "Ids, sorting, `via`: canonical names." */
export function canonicalName(name: string, names: Names): string {
  const parts = /^(\/\/[^/]+\/projects\/)([^/]+)(.*)$/.exec(name);
  if (parts === null) return name;
  return `${parts[1]}${canonicalProject(parts[2] ?? '', names)}${parts[3]}`;
}

export function projectName(project: string): string {
  return `//cloudresourcemanager.googleapis.com/projects/${project}`;
}

/** `projects/123`, `folders/4`, `organizations/5` as canonical full resource names. */
export function ancestorNames(ancestors: readonly string[] | undefined, names: Names): readonly string[] | undefined {
  return ancestors?.map((one) => canonicalName(`//cloudresourcemanager.googleapis.com/${one}`, names));
}

/** The number of a canonical project; a project that is only known by its number is its own number. */
export function numberOf(project: string, numbers: ReadonlyMap<string, string>): string | undefined {
  return isNumber(project) ? project : numbers.get(project);
}
