import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { allowedParts } from './allowed-parts.ts';
import { buildZip, type ZipEntry } from './build-zip.ts';
import { lazyRequires } from './lazy-requires.ts';
import { type BundledPackage, listPackages } from './list-packages.ts';
import { listParts } from './list-parts.ts';
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
  /** What it is made of: `index.mjs`, what that loads on first use in `lib/`, source maps, `package.json`, licence notes. */
  readonly folder: string;
  /** The same in one file beside the folder: what is uploaded. */
  readonly zip: string;
  /** Of the code that is loaded at start. */
  readonly startBytes: number;
  /** Of all code. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Of the zip file. */
  readonly sha256: string;
  /** What our code imports of packages, and of googleapis each API: `allowedParts`. */
  readonly parts: readonly string[];
  /** What is inside, without the Functions Framework: the buildpack brings that. */
  readonly packages: readonly BundledPackage[];
}

const framework = '@google-cloud/functions-framework';

/**
 * Builds each function to one module, with Google's clients and other heavy parts that are imported on first use in files
 * beside it: V8 reads a file through before it runs, and in one file reconcile would start a fifth slower. Throws when
 * something is inside that belongs to a laptop, or to another function only.
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
  const parts = listParts(metafile);
  assertAllowed(name, parts);
  const packages = await listPackages(
    root,
    inputs.filter((input) => isInside(metafile, input)),
  );
  const folder = join(outDir, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'lib'), { recursive: true });
  const virtual = join(resolve(root), virtualOut);
  const comments = new Set<string>();
  const files: ZipEntry[] = [];
  for (const { path: absolute, contents, text } of outputFiles) {
    const path = relative(virtual, absolute);
    if (path.endsWith('.LEGAL.txt')) comments.add(text.trim());
    else files.push({ path, contents });
  }
  const manifest = `${JSON.stringify(await buildManifest(name, root), undefined, 2)}\n`;
  const notices = await writeNotices(root, packages, [...comments]);
  files.push({ path: 'package.json', contents: Buffer.from(manifest) });
  files.push({ path: 'THIRD-PARTY-NOTICES.txt', contents: Buffer.from(notices) });
  for (const { path, contents } of files) await writeFile(join(folder, path), contents);
  const archive = buildZip(files);
  const zip = `${folder}.zip`;
  await writeFile(zip, archive);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const startBytes = sumStart(metafile);
  return { name, folder, zip, sha256, parts, packages, startBytes, ...weigh(files) };
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

function weigh(files: readonly ZipEntry[]) {
  const code = files.filter(({ path }) => path.endsWith('.mjs')).map(({ contents }) => contents);
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  return { bytes: sum(code.map(({ length }) => length)), gzipBytes: sum(code.map((one) => gzipSync(one).length)) };
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

function assertAllowed(name: string, parts: readonly string[]): void {
  const wrong = parts.filter((part) => !allowedParts[name]?.includes(part));
  if (wrong.length === 0) return;
  throw new Error(`${name} takes in what it does not need: ${wrong.join(', ')} (scripts/build/allowed-parts.ts)`);
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
