import type { Metafile } from 'esbuild';

/** Packages that files of `functions/` import, of `googleapis` each API, of what is in the build: sorted, each once. */
export function listParts({ inputs, outputs }: Metafile): readonly string[] {
  const files = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  // By package: the file that is imported may only name others.
  const inside = new Set(files.flatMap((path) => [path, partOf(path)]));
  const imported = Object.entries(inputs)
    .filter(([path]) => path.startsWith('functions/') && inside.has(path))
    .flatMap(([, { imports }]) => imports.flatMap(({ path, external }) => (external ? [] : (partOf(path) ?? []))));
  return [...new Set(imported)].filter((part) => inside.has(part)).sort();
}

function partOf(path: string): string | undefined {
  const [, api] = /node_modules\/googleapis\/build\/src\/apis\/(.+)\.js$/.exec(path) ?? [];
  if (api) return `googleapis/${api}`;
  return /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
}
