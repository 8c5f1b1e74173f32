import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX, as the package itself says. */
  readonly license: string;
  /** Relative to the repository. */
  readonly folder: string;
}

/** The packages that these files belong to, by name and version; two copies of one version count once. */
export async function listPackages(root: string, files: readonly string[]): Promise<readonly BundledPackage[]> {
  const folders = [...new Set(files.flatMap((file) => folderOf(file) ?? []))].sort();
  const packages = new Map<string, BundledPackage>();
  for (const folder of folders) {
    const { name, version, license } = parseManifest(
      JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
    );
    const key = `${name}@${version}`;
    if (!packages.has(key)) packages.set(key, { name, version, license, folder });
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function folderOf(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function parseManifest(value: unknown): { name: string; version: string; license: string } {
  const { name, version, license } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof version !== 'string')
    throw new Error('a package.json without name or version');
  return { name, version, license: typeof license === 'string' ? license : 'see its text' };
}
