import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const tool = join(root, '../shared/tools/tf-schema-provider.mjs');
const schema = join(root, '../shared/data/google-provider-schema.json');

/**
 * Whether real plans can be made here: terraform, and beside the repository the provider that has schemas only. Where one
 * is absent the calling test is skipped with a notice; with `CI` set, a terraform that does not run is a failure.
 */
export function canPlan(): boolean {
  const { error, status, stderr } = spawnSync('terraform', ['version'], { encoding: 'utf8', timeout: 60_000 });
  const isAbsent = error !== undefined && 'code' in error && error.code === 'ENOENT';
  const isToolHere = existsSync(tool) && existsSync(schema);
  if (status === 0 && isToolHere) return true;
  const why = isToolHere
    ? isAbsent
      ? 'terraform is not on the PATH'
      : `terraform does not run: ${error?.message ?? stderr}`
    : '../shared/tools/tf-schema-provider.mjs or its schema is not here';
  if (process.env['CI'] && isToolHere && !isAbsent) throw new Error(why);
  console.log(`    (skipped: ${why})`);
  return false;
}

export interface PlanFolder {
  /** A copy of the case. */
  readonly folder: string;
  /** The JSON of its plan. */
  readonly file: string;
}

export interface TerraformPlans {
  /** The plan of `test/fixtures/check-plan/NAME`; of one that has `before.tf` and `after.tf`, the plan from the first to the second. */
  plan(name: string): Promise<PlanFolder>;
  forget(): void;
}

/** Makes real plans in a temporary folder, each case once in a run. */
export function openTerraformPlans(): TerraformPlans {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-plans-'));
  const made = new Map<string, Promise<PlanFolder>>();
  return {
    plan: (name) => {
      const known = made.get(name) ?? makePlan(name, join(home, name));
      made.set(name, known);
      return known;
    },
    forget: () => rmSync(home, { recursive: true, force: true }),
  };
}

const init = 'terraform init -input=false';
const plan = 'terraform plan -input=false -out=plan.bin';
const show = 'terraform show -json plan.bin > plan.json';

async function makePlan(name: string, folder: string): Promise<PlanFolder> {
  cpSync(join(root, 'test/fixtures/check-plan', name), folder, { recursive: true });
  const after = join(folder, 'after.tf');
  if (existsSync(after)) {
    renameSync(after, `${after}.later`);
    await runTerraform(folder, 'terraform apply -input=false -auto-approve');
    nameLikeGoogle(join(folder, 'terraform.tfstate'));
    rmSync(join(folder, 'before.tf'));
    renameSync(`${after}.later`, after);
  }
  // The provider is served, not installed: only modules need an init.
  const hasModules = readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory());
  await runTerraform(folder, [...(hasModules ? [init] : []), plan, show].join(' && '));
  return { folder, file: join(folder, 'plan.json') };
}

/** The provider of schemas invents `fake-id` for everything it applies; Google names things by their path. */
function nameLikeGoogle(state: string): void {
  const neg = '"projects/acme-prod/regions/europe-west1/networkEndpointGroups/shop-neg"';
  const text = readFileSync(state, 'utf8').replaceAll(/("(?:id|group)": )"fake-id"/g, `$1${neg}`);
  writeFileSync(state, text);
}

function runTerraform(folder: string, script: string): Promise<void> {
  const child = spawn(process.execPath, [tool, schema, '--', 'sh', '-c', `cd "$PLAN_FOLDER" && ${script}`], {
    cwd: root,
    env: {
      ...process.env,
      PLAN_FOLDER: folder,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      TF_CLI_ARGS: '-no-color',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return ended(child, script);
}

function ended(child: ChildProcess, script: string): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}:\n${output}`)),
    );
  });
}
