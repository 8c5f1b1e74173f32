import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  readonly status: number | null;
  /** stdout and stderr, as they came. */
  readonly output: string;
  readonly stdout: string;
}

/** Terraform with a provider to plan with, over copies of infra/ in a temporary folder. */
export interface Terraform {
  /** How plans are made here, for people. */
  readonly kind: string;
  /** A fresh copy of infra/ and workflows/, ready to be planned; the path of its infra/. */
  copyInfra(): string;
  /** Folder with stand-ins for the built functions. */
  readonly buildDir: string;
  run(folder: string, words: readonly string[]): Promise<Ended>;
  close(): void;
}

/**
 * Opens the provider of schemas beside the repository, or downloads Google's with `terraform init`. A text says why
 * neither is possible here.
 */
export async function openTerraform(root: string): Promise<Terraform | string> {
  const version = spawnSync('terraform', ['version'], { encoding: 'utf8', timeout: 60_000 });
  if (version.status !== 0)
    return version.error ? 'terraform is not on the PATH' : `terraform does not run: ${version.stderr}`;
  const tool = join(root, '../shared/tools/tf-schema-provider.mjs');
  const schema = join(root, '../shared/data/google-provider-schema.json');
  const served = existsSync(tool) && existsSync(schema) ? await serveSchemas(root, tool, schema) : undefined;
  const home = mkdtempSync(join(tmpdir(), 'sallyport-infra-'));
  const close = () => {
    served?.process.kill();
    rmSync(home, { recursive: true, force: true });
  };
  const env = {
    ...process.env,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    TF_CLI_ARGS: '-no-color',
    CHECKPOINT_DISABLE: '1',
    // Google's own provider asks nobody while it plans what is new; it only wants to have something to log in with.
    ...(served ? { TF_REATTACH_PROVIDERS: served.reattach } : { GOOGLE_OAUTH_ACCESS_TOKEN: 'unused' }),
  };
  const run = (folder: string, words: readonly string[]) => runTerraform(folder, words, env);
  const base = join(home, 'base');
  copyFolders(root, base);
  const inits = await Promise.all(
    ['infra', 'infra/examples/multi-region-iap'].map((folder) => run(join(base, folder), ['init'])),
  );
  const failed = inits.find(({ status }) => status !== 0);
  if (failed) {
    close();
    if (served) throw new Error(`terraform init failed:\n${failed.output}`);
    return 'there is neither ../shared/tools/tf-schema-provider.mjs nor a network to download the provider from';
  }
  const buildDir = join(home, 'built');
  writeStandIns(root, buildDir);
  let copies = 0;
  return {
    kind: served ? 'the provider of schemas in ../shared' : "Google's provider, downloaded",
    buildDir,
    copyInfra() {
      copies += 1;
      const copy = join(home, `copy-${copies}`);
      cpSync(base, copy, { recursive: true });
      return join(copy, 'infra');
    },
    run,
    close,
  };
}

function copyFolders(root: string, to: string): void {
  for (const folder of ['infra', 'workflows']) {
    cpSync(join(root, folder), join(to, folder), {
      recursive: true,
      filter: (path) => !/\/(\.terraform|terraform\.tfstate)/.test(path),
    });
  }
}

/** Plans read the built functions' hashes only: an empty archive will do. */
function writeStandIns(root: string, folder: string): void {
  cpSync(join(root, 'infra/tests/built'), folder, { recursive: true });
  writeFileSync(join(folder, 'README'), 'Stand-ins for dist/functions.\n');
}

interface Served {
  readonly process: ChildProcess;
  readonly reattach: string;
}

function serveSchemas(root: string, tool: string, schema: string): Promise<Served> {
  const child = spawn(process.execPath, [tool, schema], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the provider of schemas ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const reattach = /^export TF_REATTACH_PROVIDERS='(.*)'$/m.exec(text)?.[1];
      if (reattach) resolve({ process: child, reattach });
    });
  });
}

function runTerraform(folder: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn('terraform', words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: { readonly isError: boolean; readonly text: string }[] = [];
  child.stdout.on('data', (chunk) => parts.push({ isError: false, text: String(chunk) }));
  child.stderr.on('data', (chunk) => parts.push({ isError: true, text: String(chunk) }));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      const join = (some: typeof parts) => some.map(({ text }) => text).join('');
      resolve({ status, output: join(parts), stdout: join(parts.filter(({ isError }) => !isError)) });
    });
  });
}
