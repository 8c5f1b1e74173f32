import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { type BundledPackage, listPackages } from './list-packages.ts';
import { writeNotices } from './write-notices.ts';

export interface BuildRequest {
  /** The repository; what is built depends on its files and its node_modules only, not on where it lies. */
  readonly root: string;
  /** Each function gets a folder of its name in it. */
  readonly outDir: string;
  /** Default: all functions that `functions/main.ts` names. */
  readonly names?: readonly string[];
}

export interface BuiltFunction {
  readonly name: string;
  /** Folder with `index.mjs`, its source map, `package.json` and the licence notes: what is uploaded. */
  readonly folder: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of index.mjs. */
  readonly sha256: string;
  /** What is inside, without the Functions Framework: the buildpack brings that. */
  readonly packages: readonly BundledPackage[];
}

const framework = '@google-cloud/functions-framework';

/** Builds each function to one file. Throws when something is inside that belongs to a laptop. */
export async function buildFunctions({ root, outDir, names }: BuildRequest): Promise<readonly BuiltFunction[]> {
  const built: BuiltFunction[] = [];
  for (const name of names ?? (await listFunctions(root))) built.push(await buildFunction(name, root, outDir));
  return built;
}

async function listFunctions(root: string): Promise<string[]> {
  const text = await readFile(join(root, 'functions/main.ts'), 'utf8');
  return [...text.matchAll(/^import '\.\/entrypoints\/([a-z-]+)\.ts';$/gm)].flatMap(([, name]) => name ?? []);
}

async function buildFunction(name: string, root: string, outDir: string): Promise<BuiltFunction> {
  const { outputFiles, metafile } = await build(bundleOptions(name, root));
  const inputs = Object.keys(metafile.inputs);
  assertDeployable(name, inputs);
  const packages = await listPackages(
    root,
    inputs.filter((input) => isInside(metafile, input)),
  );
  const folder = join(outDir, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  let code: Uint8Array = new Uint8Array();
  let comments = '';
  for (const { path, contents, text } of outputFiles) {
    if (path.endsWith('.LEGAL.txt')) comments = text;
    else await writeFile(join(folder, path.endsWith('.map') ? 'index.mjs.map' : 'index.mjs'), contents);
    if (path.endsWith('.mjs')) code = contents;
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(await buildManifest(name, root), undefined, 2)}\n`);
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), await writeNotices(root, packages, comments));
  const sha256 = createHash('sha256').update(code).digest('hex');
  return { name, folder, bytes: code.length, gzipBytes: gzipSync(code).length, sha256, packages };
}

/** Written nowhere by esbuild itself: the paths in its output stay the same wherever the result is put. */
function bundleOptions(name: string, root: string) {
  return {
    absWorkingDir: resolve(root),
    entryPoints: [`functions/entrypoints/${name}.ts`],
    outfile: `dist/functions/${name}/index.mjs`,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: [framework],
    // A linked node_modules must give the same bytes as one that lies here.
    preserveSymlinks: true,
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'external',
    banner: { js: banner },
    logLevel: 'warning',
  } satisfies BuildOptions;
}

/** What CommonJS packages expect to find around them. */
const banner = [
  "import { createRequire as $createRequire } from 'node:module';",
  'const require = $createRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

function assertDeployable(name: string, inputs: readonly string[]): void {
  const wrong = inputs.filter((input) => !input.startsWith('functions/') && !/(^|\/)node_modules\//.test(input));
  if (wrong.length === 0) return;
  throw new Error(`${name} takes in what is not deployed: ${wrong.join(', ')}`);
}

/** Tree shaking may leave nothing of a file that was read. */
function isInside({ outputs }: Metafile, input: string): boolean {
  return Object.values(outputs).some((output) => (output.inputs[input]?.bytesInOutput ?? 0) > 0);
}

async function buildManifest(name: string, root: string): Promise<Record<string, unknown>> {
  const read = async (path: string) => JSON.parse(await readFile(join(root, path), 'utf8')) as Record<string, unknown>;
  const { version, license, engines } = await read('package.json');
  const { version: installed } = await read(`node_modules/${framework}/package.json`);
  return {
    name: `sallyport-${name}`,
    version,
    private: true,
    license,
    type: 'module',
    main: 'index.mjs',
    engines,
    dependencies: { [framework]: installed },
  };
}
