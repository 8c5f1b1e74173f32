import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problems } from './problems.ts';
import { type SourceNode, toPlain } from './source-node.ts';

export interface SchemaOptions {
  /** Google's schema of workflow files; default `../shared/data/workflows-schema.json` beside the repository. */
  readonly file?: string;
}

const defaultFile = join(import.meta.dirname, '../../../../shared/data/workflows-schema.json');

type Validate = ((data: unknown) => boolean) & { errors?: readonly SchemaError[] | null };

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
}

const loaded = new Map<string, Promise<Validate | undefined>>();

/** Holds a workflow against the JSON schema that editors use. Without the schema, or without ajv, prints so once and checks nothing. */
export async function checkSchema(
  root: SourceNode,
  problems: Problems,
  { file = defaultFile }: SchemaOptions = {},
): Promise<void> {
  const known = loaded.get(file) ?? load(file);
  loaded.set(file, known);
  const validate = await known;
  if (!validate || validate(relax(toPlain(root)))) return;
  const deepest = (validate.errors ?? []).toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0];
  if (!deepest) return;
  const path = deepest.instancePath.split('/').slice(1);
  problems.add('schema', lineAt(root, path), `at ${path.join('.')}: ${deepest.message ?? deepest.keyword}`);
}

async function load(file: string): Promise<Validate | undefined> {
  if (!existsSync(file)) return tell(`no schema of workflows at ${file}`);
  try {
    const { Ajv } = await import('ajv');
    return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
      JSON.parse(readFileSync(file, 'utf8')),
    );
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')
      return tell('ajv is not installed');
    throw cause;
  }
}

function tell(why: string): undefined {
  console.error(`sandbox: ${why}, workflows are deployed without that check`);
  return undefined;
}

const numbers = new Set(['concurrency_limit', 'timeout', 'max_retries', 'initial_delay', 'max_delay', 'multiplier']);

/** The schema wants whole numbers where the language takes expressions and fractions, and no lists as bodies: these pass. */
function relax(node: unknown, key = ''): unknown {
  if (numbers.has(key) && (typeof node === 'number' || (typeof node === 'string' && node.startsWith('${')))) return 1;
  if (Array.isArray(node)) return key === 'body' ? {} : node.map((item) => relax(item));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, relax(value, name)]));
}

function lineAt(root: SourceNode, path: readonly string[]): number {
  let node = root;
  let line = root.line;
  for (const part of path) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const below =
      node.kind === 'list'
        ? node.items[Number(key)]
        : node.kind === 'map'
          ? node.entries.find((entry) => entry.key === key)?.value
          : undefined;
    if (!below) break;
    node = below;
    line = below.line;
  }
  return line;
}
