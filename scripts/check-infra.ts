import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCase, type Problems } from './infra/check-case.ts';
import { checkSamples } from './infra/check-samples.ts';
import { caseOf, mutations } from './infra/mutations/all.ts';
import type { Mutation } from './infra/mutations/mutation.ts';
import { openTerraform, type Terraform } from './infra/open-terraform.ts';
import { checkPermissionList, readPermissionList } from './infra/permission-list.ts';
import { planCases } from './infra/plan-cases.ts';
import { planRules } from './infra/rules/plan-rules.ts';

/**
 * `npm run check:infra`: what is generated is in step, the list of permissions is small, saved audit entries pass the
 * sink's filter as the event table says; then, with a Terraform to plan with, format, validity, tests, plans of every scope
 * and of the example against the rules, and each rule against mistakes made in a copy. `--no-mutations` leaves those out.
 */
const root = join(import.meta.dirname, '..');
const infra = join(root, 'infra');
let failures = 0;

checkGenerated();
say(
  'permissions.json: reads only where no capability is named, conditions on every setIamPolicy',
  checkPermissionList(readPermissionList(infra)),
);
checkAuditSamples();
const terraform = await openTerraform(root);
if (typeof terraform === 'string') {
  console.log(`  (plans, validation, tests and mutations left out: ${terraform})`);
} else {
  console.log(`  (planned with ${terraform.kind})`);
  try {
    await checkTerraform(terraform);
  } finally {
    terraform.close();
  }
}
console.log(failures === 0 ? '\ninfra is in order' : `\n${failures} things are wrong`);
process.exitCode = failures === 0 ? 0 : 1;

/** One line a check; its problems below it. */
function say(what: string, problems: readonly string[]): void {
  console.log(`  ${problems.length === 0 ? '✔' : '✘'} ${what}`);
  for (const problem of problems) console.log(`      ${problem}`);
  if (problems.length > 0) failures += 1;
}

function checkGenerated(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/infra-generate.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  say(
    'triggers, filter and the tables of the READMEs are in step with the code',
    status === 0 ? [] : [`${stdout}${stderr}`.trim()],
  );
}

function checkAuditSamples(): void {
  const folder = join(root, '../shared/data/audit-samples');
  if (!existsSync(folder)) {
    if (process.env['CI'] === '1' && existsSync(join(root, '../shared'))) throw new Error(`${folder} is missing.`);
    console.log('  (saved audit entries left out: ../shared/data/audit-samples is not here)');
    return;
  }
  const filter = readFileSync(join(infra, 'generated/sink-filter.txt'), 'utf8');
  const { passed, stopped, problems } = checkSamples(folder, filter);
  say(
    `saved audit entries and the sink's filter: ${passed} pass, ${stopped} do not, as the event table says`,
    problems,
  );
}

async function checkTerraform(terraform: Terraform): Promise<void> {
  const copy = terraform.copyInfra();
  const example = join(copy, 'examples/multi-region-iap');
  for (const [what, folder, words] of [
    ['terraform fmt', copy, ['fmt', '-check', '-recursive']],
    ['terraform validate', copy, ['validate']],
    ['terraform validate of the example', example, ['validate']],
    ['terraform test', copy, ['test']],
    ['terraform test of the example', example, ['test']],
  ] as const) {
    const { status, output } = await terraform.run(folder, words);
    const count = /Success! (\d+ passed)/.exec(output)?.[1];
    say(count ? `${what}: ${count}` : what, status === 0 ? [] : [output.trim()]);
  }
  say('the root module of docs/deploy.md is valid', await checkDeployPage(copy, terraform));
  for (const planCase of planCases) {
    const { problems, resources } = await checkCase(planCase, { terraform, infra: copy, root });
    say(`plan "${planCase.name}": ${resources} resources`, list(problems));
  }
  for (const { promise } of planRules) console.log(`      held to: ${promise}`);
  if (process.argv.includes('--no-mutations')) return;
  console.log('\nMistakes made in a copy, and what notices them');
  await inPairs(mutations, (mutation) => tryMutation(mutation, terraform));
  console.log(`  ${mutations.length} mistakes`);
}

/** What people copy from the page has to be Terraform, and its variables have to be there. */
async function checkDeployPage(copy: string, terraform: Terraform): Promise<readonly string[]> {
  const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  const code = /^ {7}terraform \{\n(?: {7}.*\n)+/m.exec(page)?.[0];
  if (code === undefined) return ['docs/deploy.md shows no root module'];
  const folder = join(copy, '../deploy');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.tf'), code.replaceAll(/^ {7}/gm, '').replace('./sallyport/infra', '../infra'));
  const { status, output } = await terraform.run(folder, ['init', '-backend=false']);
  if (status !== 0) return [output.trim()];
  const validated = await terraform.run(folder, ['validate']);
  const formatted = await terraform.run(folder, ['fmt', '-check', '-diff']);
  return [validated, formatted].filter(({ status }) => status !== 0).map(({ output }) => output.trim());
}

function list(problems: Problems): readonly string[] {
  return [...problems].flatMap(([id, lines]) => lines.map((line) => `${id}: ${line}`));
}

async function tryMutation(mutation: Mutation, terraform: Terraform): Promise<void> {
  const { what, file, find, replace, noticedBy } = mutation;
  const copy = terraform.copyInfra();
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (find !== undefined && text.split(find).length !== 2) {
    say(what, [`the text to change does not stand once in ${file}: ${find}`]);
    return;
  }
  writeFileSync(path, find === undefined ? text + replace : text.replace(find, () => replace));
  const problems =
    noticedBy === 'test'
      ? await runTests(join(copy, caseOf(mutation).folder), terraform)
      : (await checkCase(caseOf(mutation), { terraform, infra: copy, root, about: noticedBy })).problems;
  const noticed = problems.get(noticedBy);
  if (noticed) say(`${what} → ${noticedBy}: ${noticed[0]?.slice(0, 160)}`, []);
  else
    say(what, [
      `${noticedBy} does not notice it${problems.size > 0 ? `; but ${list(problems).join(' | ').slice(0, 600)}` : ''}`,
    ]);
}

async function runTests(folder: string, terraform: Terraform): Promise<Problems> {
  const { status, output } = await terraform.run(folder, ['test']);
  const failed = output.split('\n').filter((line) => /^ {2}run .*fail/.test(line));
  return new Map(status === 0 ? [] : [['test', failed.map((line) => line.trim())]]);
}

/** Two at a time: a plan keeps one core busy. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}
