import { spawnSync } from 'node:child_process';

/**
 * Whether the real gcloud can be run here. Where it is absent the calling test is skipped with a notice; with `CI` set, a
 * gcloud that is on the PATH and does not run is a failure.
 */
export function hasUsableGcloud(): boolean {
  const { error, status, stderr } = spawnSync('gcloud', ['--version'], { encoding: 'utf8', timeout: 60_000 });
  if (status === 0) return true;
  const isAbsent = error !== undefined && 'code' in error && error.code === 'ENOENT';
  const why = isAbsent ? 'gcloud is not on the PATH' : `gcloud does not run: ${error?.message ?? stderr}`;
  if (process.env['CI'] && !isAbsent) throw new Error(why);
  console.log(`    (skipped: ${why})`);
  return false;
}
