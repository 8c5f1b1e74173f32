import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '../../core/finding.ts';
import { TerminalError } from '../../errors.ts';

/** The input that stands for stdin. */
export const stdinName = '-';

const exportFile = /\.(json|ndjson|jsonl|gz)$/;

/**
 * The files behind `--export` arguments, in reading order: a file is itself, a folder is its `*.json`, `*.ndjson`,
 * `*.jsonl` and `*.gz` files by name (not those of its sub-folders), `-` is stdin. Throws `bad-usage` for a path that is not
 * there and for a folder without such files.
 */
export async function listInputs(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) files.push(...(await expand(path)));
  return files;
}

async function expand(path: string): Promise<readonly string[]> {
  if (path === stdinName) return [path];
  if (!(await isFolder(path))) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && exportFile.test(entry.name)).map(({ name }) => name);
  if (names.length > 0) return names.sort(compareText).map((name) => join(path, name));
  throw new TerminalError('bad-usage', `The folder ${path} holds no .json, .ndjson, .jsonl or .gz file.`, {
    hint: 'Name the files one by one, or the folder that holds them.',
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new TerminalError('bad-usage', `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      hint: 'Give --export a file or folder of `gcloud asset export`, or - for stdin.',
      cause,
    });
  }
}
