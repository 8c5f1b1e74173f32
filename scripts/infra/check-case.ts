import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Terraform } from './open-terraform.ts';
import { checkPermissionList, readPermissionList } from './permission-list.ts';
import type { PlanCase } from './plan-cases.ts';
import { type ResourceGraph, readGraph } from './read-graph.ts';
import { readPlan } from './read-plan.ts';
import { planRules } from './rules/plan-rules.ts';

/** What is wrong with one planned case: id of the rule (or `terraform`, `permissions`, `check-plan`) -> lines. Empty = nothing. */
export type Problems = ReadonlyMap<string, readonly string[]>;

export interface CaseChecked {
  readonly problems: Problems;
  /** Resources that Terraform would make. */
  readonly resources: number;
}

export interface CaseOptions {
  readonly terraform: Terraform;
  readonly infra: string;
  readonly root: string;
  /** Id of the one rule that is asked for: what only others need is left out. Default: all. */
  readonly about?: string;
}

/** Plans one case in a copy of infra/ and holds the plan to every rule; the example to Sallyport's own `check-plan` as well. */
export async function checkCase(
  planCase: PlanCase,
  { terraform, infra, root, about }: CaseOptions,
): Promise<CaseChecked> {
  const folder = join(infra, planCase.folder);
  // Each case its own files: several are planned side by side in one copy.
  const name = planCase.name.replaceAll(/[^a-z]+/g, '-');
  const variables = join(folder, `${name}.tfvars.json`);
  writeFileSync(variables, JSON.stringify({ ...planCase.variables, build_dir: terraform.buildDir }));
  const binary = `${name}.plan`;
  const planned = await terraform.run(folder, ['plan', '-lock=false', `-var-file=${variables}`, `-out=${binary}`]);
  if (planned.status !== 0) return { problems: new Map([['terraform', [firstError(planned.output)]]]), resources: 0 };
  const shown = await terraform.run(folder, ['show', '-json', binary]);
  if (shown.status !== 0) throw new Error(`terraform show failed:\n${shown.output}`);
  const isAsked = (id: string) => about === undefined || about === id;
  const json: unknown = JSON.parse(shown.stdout);
  const resources = readPlan(json);
  const list = readPermissionList(infra);
  const read = {
    list,
    required: readRequired(root),
    called: readCalled(root),
    graph: isAsked('order') ? await draw(folder, terraform) : new Map(),
  };
  const problems = new Map<string, readonly string[]>();
  const add = (id: string, lines: readonly string[]) => lines.length > 0 && problems.set(id, lines);
  add('permissions', checkPermissionList(list));
  for (const { id, check } of planRules) add(id, check({ planCase, resources, ...read }));
  if (planCase.folder !== '.' && isAsked('check-plan')) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, shown.stdout);
    add('check-plan', await runCheckPlan(root, file, folder));
  }
  return { problems, resources: resources.length };
}

async function draw(folder: string, terraform: Terraform): Promise<ResourceGraph> {
  const { status, output, stdout } = await terraform.run(folder, ['graph']);
  if (status !== 0) throw new Error(`terraform graph failed:\n${output}`);
  return readGraph(stdout);
}

/** What each entry point asks for by `requiredVariable`. */
function readRequired(root: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(root, 'functions/entrypoints');
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [file.slice(0, -3), [...text.matchAll(/requiredVariable\('(\w+)'\)/g)].flatMap(([, name]) => name ?? [])];
    }),
  );
}

/** APIs that functions call by REST; those that only the command line calls are among them. */
function readCalled(root: string): readonly string[] {
  const text = readFileSync(join(root, 'functions/adapters/api-root.ts'), 'utf8');
  const names = /export type GoogleApi =([^;]+);/.exec(text)?.[1] ?? '';
  return [...names.matchAll(/'(\w+)'/g)].flatMap(([, name]) => name ?? []);
}

function firstError(output: string): string {
  const lines = output.split('\n').map((line) => line.replace(/^[│╷╵\s]+/, '').trimEnd());
  const from = lines.findIndex((line) => line.startsWith('Error: '));
  return lines
    .slice(from, from + 12)
    .filter(Boolean)
    .join(' ')
    .slice(0, 400);
}

/** The command as users run it; a by-passed door counts as well. */
function runCheckPlan(root: string, file: string, folder: string): Promise<readonly string[]> {
  const words = ['cli/sallyport.mjs', 'check-plan', file, '--source', folder, '--fail-on', 'medium'];
  const child = spawn(process.execPath, words, { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      const shut = output.split('\n').filter((line) => line.includes('✘'));
      resolve(
        status === 0 ? [] : shut.length > 0 ? shut.map((line) => line.trim()) : [`exit code ${status}: ${output}`],
      );
    });
  });
}
