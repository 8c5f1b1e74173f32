import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundledPackage } from './list-packages.ts';

/** The licence of each package in a bundle, and the legal comments that were in their files. */
export async function writeNotices(
  root: string,
  packages: readonly BundledPackage[],
  comments: readonly string[],
): Promise<string> {
  const parts = await Promise.all(
    packages.map(async ({ name, version, license, folder }) => {
      const text = await readLicense(join(root, folder));
      return [`${name} ${version} (${license})`, ...(text ? [text] : [])].join('\n\n');
    }),
  );
  return `${[...parts, ...comments].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

async function readLicense(folder: string): Promise<string | undefined> {
  const file = (await readdir(folder)).sort().find((each) => /^(licen[cs]e|copying)(\.|-|$)/i.test(each));
  return file === undefined ? undefined : (await readFile(join(folder, file), 'utf8')).trim();
}
