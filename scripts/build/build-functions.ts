import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { lazyRequires } from './lazy-requires.ts';
import { type BundledPackage, listPackages } from './list-packages.ts';
import { slimCompute } from './slim-compute.ts';
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
  /** What is uploaded: `index.mjs`, what it loads on first use in `lib/`, source maps, `package.json`, licence notes. */
  readonly folder: string;
  /** Of the code that is loaded at start. */
  readonly startBytes: number;
  /** Of all code. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of all code files, by name and content. */
  readonly sha256: string;
  /** What is inside, without the Functions Framework: the buildpack brings that. */
  readonly packages: readonly BundledPackage[];
}

const framework = '@google-cloud/functions-framework';

/**
 * Builds each function to one module, with Google's clients and other heavy parts that are imported on first use in files
 * beside it: V8 reads a file through before it runs, and in one file reconcile would start a fifth slower. Throws when
 * something is inside that belongs to a laptop.
 */
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
  await mkdir(join(folder, 'lib'), { recursive: true });
  const virtual = join(resolve(root), virtualOut);
  const comments = new Set<string>();
  const code: { readonly path: string; readonly contents: Uint8Array }[] = [];
  for (const { path: absolute, contents, text } of outputFiles) {
    const path = relative(virtual, absolute);
    if (path.endsWith('.LEGAL.txt')) comments.add(text.trim());
    else await writeFile(join(folder, path), contents);
    if (path.endsWith('.mjs')) code.push({ path, contents });
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(await buildManifest(name, root), undefined, 2)}\n`);
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), await writeNotices(root, packages, [...comments]));
  return { name, folder, packages, startBytes: sumStart(metafile), ...weigh(code) };
}

/** Where esbuild believes to write; it writes nothing, so that the paths in its output are the same wherever the result is put. */
const virtualOut = 'dist/functions/out';

function bundleOptions(name: string, root: string) {
  return {
    absWorkingDir: resolve(root),
    entryPoints: { index: `functions/entrypoints/${name}.ts` },
    outdir: virtualOut,
    chunkNames: 'lib/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
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
    plugins: [lazyRequires, slimCompute(root)],
    banner: { js: banner },
    logLevel: 'warning',
  } satisfies BuildOptions;
}

/** What CommonJS packages expect to find around them; and zod shall not compile checks that a cold function makes once. */
const banner = [
  "import { createRequire as $createRequire } from 'node:module';",
  'const require = $createRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
  'globalThis.__zod_globalConfig ??= { jitless: true };',
].join('\n');

function weigh(code: readonly { readonly path: string; readonly contents: Uint8Array }[]) {
  const hash = createHash('sha256');
  let [bytes, gzipBytes] = [0, 0];
  for (const { path, contents } of [...code].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    bytes += contents.length;
    gzipBytes += gzipSync(contents).length;
    hash.update(`${path}\n${contents.length}\n`).update(contents);
  }
  return { bytes, gzipBytes, sha256: hash.digest('hex') };
}

/** The entry and all that it imports by statement. */
function sumStart({ outputs }: Metafile): number {
  const seen = new Set<string>();
  const visit = (path: string): number => {
    const output = outputs[path];
    if (!output || seen.has(path)) return 0;
    seen.add(path);
    const next = output.imports.filter(({ kind }) => kind === 'import-statement');
    return next.reduce((sum, { path }) => sum + visit(path), output.bytes);
  };
  return visit(`${virtualOut}/index.mjs`);
}

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
