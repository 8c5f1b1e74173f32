import { build } from 'esbuild';

/**
 * The command line as JavaScript, for the packed tarball: Node refuses TypeScript below node_modules. Packages stay
 * outside: the tarball's own dependencies are installed beside it.
 */
export async function buildCli({ root, outDir }: { readonly root: string; readonly outDir: string }): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'cli/main.ts' },
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'warning',
  });
}
