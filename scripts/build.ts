import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildCli } from './build/build-cli.ts';
import { type BuiltFunction, buildFunctions } from './build/build-functions.ts';

/** `npm run build [-- --out folder] [--cli]`: a folder a function, ready to be uploaded; prints what each one weighs. With `--cli` the command line too, as the tarball needs it. */
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { out: { type: 'string', default: `${root}dist/functions` }, cli: { type: 'boolean', default: false } },
});

const built = await buildFunctions({ root, outDir: values.out });
if (values.cli) await buildCli({ root, outDir: `${root}dist/cli` });
for (const one of built) console.log(describe(one));

function describe({ name, startBytes, bytes, gzipBytes, packages, sha256 }: BuiltFunction): string {
  const size = `${kilobytes(startBytes)} kB at start, ${kilobytes(bytes)} kB in all, ${kilobytes(gzipBytes)} kB gzipped`;
  return `${name.padEnd(12)} ${size}, ${packages.length} packages, sha256 ${sha256}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
