import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A JSON schema as Discovery writes it. */
export interface DiscoverySchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: DiscoverySchema;
  readonly properties?: Readonly<Record<string, DiscoverySchema>>;
  readonly additionalProperties?: DiscoverySchema;
}

export interface DiscoveryParameter extends DiscoverySchema {
  readonly location?: 'path' | 'query';
}

export interface DiscoveryMethod {
  readonly id: string;
  readonly parameters: Readonly<Record<string, DiscoveryParameter>>;
  readonly request?: { readonly $ref: string };
  readonly response?: { readonly $ref: string };
}

export interface DiscoveryDocument {
  readonly schemas: Readonly<Record<string, DiscoverySchema>>;
  /** Query parameters that every method takes (`alt`, `fields`, …). */
  readonly parameters: Readonly<Record<string, DiscoveryParameter>>;
  readonly methods: ReadonlyMap<string, DiscoveryMethod>;
}

const loaded = new Map<string, DiscoveryDocument | undefined>();

/** One document (`run.v1`) of a directory of them, read once; undefined when it is not there. */
export function loadDiscoveryDocument(directory: string, name: string): DiscoveryDocument | undefined {
  const file = join(directory, `${name}.json`);
  if (!loaded.has(file))
    loaded.set(file, existsSync(file) ? parseDiscoveryDocument(readFileSync(file, 'utf8')) : undefined);
  return loaded.get(file);
}

interface RawResource {
  readonly methods?: Readonly<
    Record<string, Omit<DiscoveryMethod, 'parameters'> & { readonly parameters?: DiscoveryMethod['parameters'] }>
  >;
  readonly resources?: Readonly<Record<string, RawResource>>;
}

function parseDiscoveryDocument(text: string): DiscoveryDocument {
  const raw = JSON.parse(text) as RawResource & Partial<Pick<DiscoveryDocument, 'schemas' | 'parameters'>>;
  return { schemas: raw.schemas ?? {}, parameters: raw.parameters ?? {}, methods: new Map(listMethods(raw)) };
}

function* listMethods(resource: RawResource): Generator<[string, DiscoveryMethod]> {
  for (const method of Object.values(resource.methods ?? {}))
    yield [method.id, { ...method, parameters: method.parameters ?? {} }];
  for (const child of Object.values(resource.resources ?? {})) yield* listMethods(child);
}
