import { compareText } from '../finding.ts';
import { type ModulePath, writtenModule } from './module-path.ts';
import { type HclBlock, parseHcl } from './parse-hcl.ts';

/** The `*.tf` files of one module, in the order of their names. */
export interface SourceModule {
  /** Whether its folder belongs to the user's own code, and is no download in `.terraform`. */
  readonly isLocal: boolean;
  readonly files: readonly SourceFile[];
}

export interface SourceFile {
  /** As reports show it: relative to the folder Sallyport was started in, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Location {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Terraform's source, as far as it was found: where a block stands, and the text that the plan leaves out. */
export interface TerraformSource {
  /** The block of a resource or data source; `name` is `type.name` or `data.type.name`. */
  resource(module: ModulePath, name: string): LocatedBlock | undefined;
  call(module: ModulePath, name: string): LocatedBlock | undefined;
  output(module: ModulePath, name: string): LocatedBlock | undefined;
  /** The text of a local value. */
  local(module: ModulePath, name: string): string | undefined;
  /** Where a resource is written; for a module that was downloaded, the nearest call of the user's own. */
  locate(module: ModulePath, name: string): Location | undefined;
  /** The first file of the root module: `main.tf` where there is one. */
  readonly rootFile: string | undefined;
}

export interface LocatedBlock {
  readonly file: string;
  readonly block: HclBlock;
}

/** An index over modules by the way they are written (`region.web`; '' = root). */
export function indexTerraformSource(modules: ReadonlyMap<string, SourceModule>): TerraformSource {
  const blocks = new Map<string, LocatedBlock>();
  const locals = new Map<string, string>();
  for (const [module, { files }] of modules) {
    for (const { path, text } of files) {
      for (const block of parseHcl(text).blocks) {
        const name = nameOf(block);
        if (name !== undefined && !blocks.has(`${module} ${name}`))
          blocks.set(`${module} ${name}`, { file: path, block });
        if (block.type !== 'locals') continue;
        for (const [local, value] of block.body.attributes) locals.set(`${module} ${local}`, value);
      }
    }
  }
  const find = (module: ModulePath, name: string) => blocks.get(`${writtenModule(module)} ${name}`);
  const isLocal = (module: ModulePath) => modules.get(writtenModule(module))?.isLocal ?? false;
  const locate = (module: ModulePath, name: string): Location | undefined => {
    const found = isLocal(module) ? find(module, name) : undefined;
    if (found) return { file: found.file, line: found.block.line };
    const last = module.at(-1);
    return last ? locate(module.slice(0, -1), `module.${last.name}`) : undefined;
  };
  const rootFiles = (modules.get('')?.files ?? []).map(({ path }) => path).sort(compareText);
  return {
    resource: find,
    call: (module, name) => find(module, `module.${name}`),
    output: (module, name) => find(module, `output.${name}`),
    local: (module, name) => locals.get(`${writtenModule(module)} ${name}`),
    locate,
    rootFile: rootFiles.find((path) => /(^|\/)main\.tf$/.test(path)) ?? rootFiles[0],
  };
}

function nameOf({ type, labels }: HclBlock): string | undefined {
  const [first, second] = labels;
  switch (type) {
    case 'resource':
      return `${first}.${second}`;
    case 'data':
      return `data.${first}.${second}`;
    case 'module':
    case 'output':
      return `${type}.${first}`;
    default:
      return undefined;
  }
}
