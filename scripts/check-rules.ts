import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rules } from '../functions/rules/index.ts';

/** Every rule has a file, a test table with both halves, and a page with all its headings; a missing part fails. */
const root = fileURLToPath(new URL('..', import.meta.url));
const headings = ['What it finds', 'Why it matters', 'Violates', 'Complies', 'Fix', 'When not to use'];

const problems = rules.flatMap(({ id }) => [
  ...missing(`functions/rules/${id}.ts`, [`id: '${id}'`]),
  ...missing(`test/functions/rules/${id}.test.ts`, ['complies', 'violates']),
  ...missing(
    `docs/rules/${id}.md`,
    headings.map((heading) => `## ${heading}`),
  ),
]);

for (const problem of problems) console.error(problem);
console.log(`${rules.length} rules checked, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

function missing(path: string, parts: readonly string[]): readonly string[] {
  if (!existsSync(root + path)) return [`${path} is missing`];
  const text = readFileSync(root + path, 'utf8');
  return parts.filter((part) => !text.includes(part)).map((part) => `${path} lacks "${part}"`);
}
