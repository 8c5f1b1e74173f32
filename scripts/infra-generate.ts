import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildGeneratedFiles } from './infra/generated-files.ts';

/**
 * `npm run infra:generate`: writes triggers, the sink's filter and the READMEs' tables from code. With `--check` it writes
 * nothing and fails where a file is not what the code says. A folder other than infra/ may be named.
 */
const isCheck = process.argv.includes('--check');
const infra = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? join(import.meta.dirname, '../infra');
const stale: string[] = [];
for (const [path, content] of buildGeneratedFiles(infra)) {
  const file = join(infra, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  stale.push(path);
  if (isCheck) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
if (stale.length > 0) console.log(`${isCheck ? 'not in step with the code' : 'written'}: ${stale.join(', ')}`);
if (isCheck && stale.length > 0) {
  console.log('Run `npm run infra:generate` and commit what it writes.');
  process.exitCode = 1;
}
