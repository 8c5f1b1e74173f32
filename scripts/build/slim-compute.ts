import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Google's Compute client is 820 kB of code for 127 kinds of resources, and V8 reads all of it before the first call. Here
 * only the kinds stay that `functions/` calls (`compute.backendServices.…`); any other says so when it is used. Throws when
 * the client's file no longer looks as expected.
 */
export function slimCompute(root: string): Plugin {
  return {
    name: 'slim-compute',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]googleapis[\\/]build[\\/]src[\\/]apis[\\/]compute[\\/]v1\.js$/ }, async ({ path }) => {
        const used = await findUsedKinds(root);
        return { contents: slim(await readFile(path, 'utf8'), used), loader: 'js' };
      });
    },
  };
}

async function findUsedKinds(root: string): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for await (const file of glob('functions/**/*.ts', { cwd: root })) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [, kind] of text.matchAll(/\bcompute\.([a-z]\w+)\.[a-z]/gi)) used.add(kind ?? '');
  }
  return used;
}

function slim(source: string, used: ReadonlySet<string>): string {
  const unused = new Set<string>();
  const kinds = /^ {12}this\.(\w+) =\s+new (Resource\$\w+)\(this\.context\);$/gm;
  const constructed = source.replaceAll(kinds, (line: string, kind: string, name: string) => {
    if (used.has(kind)) return line;
    unused.add(name);
    const message = `compute.${kind} is not in this build: scripts/build/slim-compute.ts`;
    return `Object.defineProperty(this, '${kind}', { get() { throw new Error('${message}'); } });`;
  });
  const classes = /^ {4}class (Resource\$\w+) \{\n[\s\S]*?^ {4}\}\n {4}compute_v1\.Resource\$\w+ = Resource\$\w+;$/gm;
  const slimmed = constructed.replaceAll(classes, (text: string, name: string) => (unused.has(name) ? '' : text));
  if (unused.size < 100 || slimmed.length > source.length / 5) {
    throw new Error(`the Compute client looks different: ${unused.size} kinds left out, ${slimmed.length} bytes stay`);
  }
  return slimmed;
}
