import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The path of something in `../shared/data`, which is read there and never copied. Where it is absent the calling test
 * is skipped with a notice; with `CI=1` beside a shared folder, a missing file is a failure.
 */
export function sharedData(name: string): string | undefined {
  const shared = join(import.meta.dirname, '../../../shared');
  const path = join(shared, 'data', name);
  if (existsSync(path)) return path;
  if (process.env['CI'] === '1' && existsSync(shared)) throw new Error(`${path} is missing.`);
  console.log(`    (skipped: ../shared/data/${name} is not here)`);
  return undefined;
}
