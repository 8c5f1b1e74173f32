import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { parseList, parseRecord, parseText } from '../../core/estate/normalize/fields.ts';
import type { ConfigModule } from '../../core/terraform-plan/plan-file.ts';
import type { SourceFile, SourceModule } from '../../core/terraform-plan/terraform-source.ts';

/**
 * The `*.tf` files of a configuration, by module as it is written (`region.web`; '' = root): from `folder`, the local
 * modules it calls, and what `terraform init` downloaded. What is not there is left out. Paths are relative to `shownFrom`.
 */
export async function readTerraformSource(
  folder: string,
  root: ConfigModule,
  shownFrom: string,
): Promise<ReadonlyMap<string, SourceModule>> {
  const installed = await readInstalled(folder);
  const folders = new Map<string, string>();
  const visit = (module: ConfigModule, name: string, at: string | undefined): void => {
    if (at !== undefined) folders.set(name, at);
    for (const [call, { source, module: child }] of module.calls) {
      const key = name === '' ? call : `${name}.${call}`;
      const local = at !== undefined && /^\.\.?\//.test(source) ? join(at, source) : undefined;
      visit(child, key, local ?? installed.get(key));
    }
  };
  visit(root, '', resolve(folder));
  const read = new Map<string, Promise<readonly SourceFile[]>>();
  const modules = [...folders].map(async ([name, at]): Promise<[string, SourceModule]> => {
    const files = read.get(at) ?? readFolder(at, shownFrom);
    read.set(at, files);
    return [name, { isLocal: !at.split(sep).includes('.terraform'), files: await files }];
  });
  return new Map(await Promise.all(modules));
}

/** Where `terraform init` put modules: `.terraform/modules/modules.json`. */
async function readInstalled(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, '.terraform', 'modules', 'modules.json'), 'utf8').catch(() => '{}');
  return new Map(
    parseList(parseRecord(parseJson(text))?.['Modules']).flatMap((one): [string, string][] => {
      const module = parseRecord(one);
      const key = parseText(module?.['Key']);
      const dir = parseText(module?.['Dir']);
      return key !== undefined && dir !== undefined ? [[key, resolve(folder, dir)]] : [];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A half-written index names no module; local ones are found without it.
    return {};
  }
}

/** Nobody writes configuration files this large; parsing one would only take time. */
const largestFile = 2_000_000;

async function readFolder(folder: string, shownFrom: string): Promise<readonly SourceFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.tf')).sort(overridesLast);
  const files = await Promise.all(
    names.map(async (name): Promise<SourceFile | undefined> => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile() || found.size > largestFile) return undefined;
      const text = await readFile(path, 'utf8').catch(() => undefined);
      return text === undefined ? undefined : { path: relative(shownFrom, path).split(sep).join('/'), text };
    }),
  );
  return files.filter((file) => file !== undefined);
}

/** A block and its override have one name: the place to look is the block. */
function overridesLast(a: string, b: string): number {
  const isOverride = (name: string) => Number(/(^|_)override\.tf$/.test(name));
  return isOverride(a) - isOverride(b) || (a < b ? -1 : 1);
}
