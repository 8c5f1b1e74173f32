import { parseTraversal } from './traversal.ts';

/** One module instance: the steps from the root module to it; empty = the root module. */
export type ModulePath = readonly ModuleStep[];

export interface ModuleStep {
  readonly name: string;
  readonly key?: string | number;
}

/** The module instance in an address such as `module.region["europe-west1"].google_project.this`. */
export function parseModulePath(address: string): ModulePath {
  const segments = parseTraversal(address) ?? [];
  const steps: ModuleStep[] = [];
  for (let at = 0; ; ) {
    const [word, name, index] = segments.slice(at, at + 3);
    if (word?.kind !== 'attribute' || word.name !== 'module' || name?.kind !== 'attribute') return steps;
    const key = index?.kind === 'key' ? { key: index.key } : {};
    steps.push({ name: name.name, ...key });
    at += index?.kind === 'key' ? 3 : 2;
  }
}

/** The module as it is written, whatever the instance: `region.web`; empty = the root module. */
export function writtenModule(path: ModulePath): string {
  return path.map(({ name }) => name).join('.');
}

/** Whether two paths lead to the same instance. */
export function isSameModule(a: ModulePath, b: ModulePath): boolean {
  return a.length === b.length && a.every((step, index) => step.name === b[index]?.name && step.key === b[index]?.key);
}
