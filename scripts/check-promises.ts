import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Break, notBuilt, promises } from './check-promises/promises.ts';

/** Breaks each promise of DESIGN 6 in a copy of the code, one line at a time, and watches its tests turn red; a green one is an error. */
const root = fileURLToPath(new URL('..', import.meta.url));
const copy = join(mkdtempSync(join(tmpdir(), 'sallyport-promises-')), 'main');
const mocha = join(copy, 'node_modules/mocha/bin/mocha.js');
let problems = 0;

try {
  copyProject();
  const tests = [...new Set(promises.flatMap(({ breaks }) => breaks.flatMap((one) => one.tests)))];
  const before = runTests(tests);
  if (before.status !== 0)
    throw new Error(`the tests are red before anything is broken:\n${before.stdout}${before.stderr}`);
  for (const { line, text, breaks } of promises) {
    console.log(`\n${line}. ${text}`);
    for (const one of breaks) report(one, tryBreak(one));
  }
  for (const [line, why] of Object.entries(notBuilt)) console.log(`\n${line}. not built yet: ${why}`);
  const count = promises.reduce((sum, { breaks }) => sum + breaks.length, 0);
  console.log(`\n${count} changes in ${promises.length} promises, ${problems} that no test noticed`);
} finally {
  rmSync(dirname(copy), { recursive: true, force: true });
}
process.exitCode = problems > 0 ? 1 : 0;

/** What git knows, beside the real shared data, with the installed packages linked in. */
function copyProject(): void {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of stdout.split('\0').filter(Boolean))
    cpSync(join(root, file), join(copy, file), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(root, '../shared'), join(copy, '../shared'));
}

/** The first test that failed; undefined when all stayed green. */
function tryBreak({ file, find, replace, tests }: Break): string | undefined {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) return fail(`the text to change does not stand once in ${file}: ${find}`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  const { status, stdout, stderr } = runTests(tests);
  writeFileSync(path, text);
  if (status === 0) return undefined;
  const [, failed] = /^ {2}1\) ([\s\S]*?):\n/m.exec(stdout) ?? [];
  return (
    failed
      ?.split('\n')
      .map((part) => part.trim())
      .join(': ') ?? `${stderr.trim().split('\n').at(-1)}`
  );
}

function fail(why: string): string | undefined {
  console.log(`   ✘ ${why}`);
  return undefined;
}

function runTests(tests: readonly string[]) {
  const args = [mocha, '--recursive', '--extension', 'ts', '--bail', '--timeout', '60000', ...tests];
  return spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}

function report({ title }: Break, failed: string | undefined): void {
  if (failed !== undefined) {
    console.log(`   ✔ ${title}\n     → red: ${failed}`);
    return;
  }
  problems += 1;
  console.log(`   ✘ ${title}\n     → every test stayed green`);
}
