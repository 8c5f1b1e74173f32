import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildArticleEstate } from '../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../sandbox/start-sandbox.ts';
import { buildComputeRows } from './check-sandbox/compute-rows.ts';
import { replayErrorCases } from './check-sandbox/error-cases.ts';
import { findGcloud, hasBetaCommands } from './check-sandbox/gcloud.ts';
import { buildOtherRows } from './check-sandbox/other-rows.ts';
import { type RowResult, runGcloudRows } from './check-sandbox/run-gcloud-rows.ts';
import { buildRunRows } from './check-sandbox/run-rows.ts';
import { buildScheduledRows } from './check-sandbox/scheduled-rows.ts';

/**
 * Runs the real gcloud and raw refusals against the sandbox and holds every request and response against Google's Discovery
 * documents: `npm run check:sandbox`. Prints a line a command with what it asked for, and last
 * `N requests, N valid, 0 unknown fields`; exits 1 on anything else. Without gcloud or the documents it says so and exits 0,
 * but 1 where `CI=1` and gcloud is here.
 */
const gcloud = findGcloud();
const discovery = join(import.meta.dirname, '../../shared/data/discovery');
const missing = [
  ...(gcloud ? [] : ['gcloud is not on PATH']),
  ...(existsSync(discovery) ? [] : ["Google's Discovery documents are not in ../shared/data/discovery"]),
];

if (missing.length > 0) {
  console.log(`skipped: ${missing.join('; ')}`);
  process.exitCode = process.env['CI'] === '1' && gcloud ? 1 : 0;
} else {
  console.log(`${gcloud} against the sandbox`);
  const sandbox = await startSandbox();
  try {
    process.exitCode = (await check(sandbox)) ? 0 : 1;
  } finally {
    await sandbox.stop();
  }
}

async function check(sandbox: Sandbox): Promise<boolean> {
  const estate = buildArticleEstate(sandbox.cloud, { organization: true });
  const hasBeta = hasBetaCommands();
  const all = [
    [...buildRunRows(estate), ...(await buildScheduledRows(estate, sandbox))],
    [...buildComputeRows(estate), ...buildOtherRows(estate)],
  ];
  const lanes = all.map((lane) => lane.filter(({ args }) => hasBeta || args[0] !== 'beta'));
  for (const { args } of all.flat())
    if (!hasBeta && args[0] === 'beta')
      console.log(`skipped gcloud ${args.join(' ')}: gcloud's beta component is not installed`);
  const rows = await runGcloudRows(sandbox, estate, lanes, printRow);
  const cases = await replayErrorCases(sandbox, estate);
  for (const { name, problems } of cases) printLine(name, problems);

  const { checked, valid, unchecked, unknownFields, problems } = sandbox.discovery.summary();
  for (const { method, side, kind, path, message } of problems)
    console.log(`  ${method} ${side} ${kind} ${path}: ${message}`);
  const unserved = sandbox.requestLog.rows.filter(({ kind, method }) => kind === 'api' && method === '');
  for (const { verb, host, url } of unserved) console.log(`  not served: ${verb} ${host}${url}`);
  const failed = [...rows, ...cases].filter((result) => result.problems.length > 0).length;
  console.log(`${rows.length} gcloud commands, ${cases.length} refusals, ${failed} failed`);
  const requests = checked + unchecked + unserved.length;
  console.log(`${requests} requests, ${valid} valid, ${unknownFields} unknown fields`);
  return failed === 0 && requests === valid && unknownFields === 0 && (hasBeta || process.env['CI'] !== '1');
}

function printRow({ row, problems, requests, ms }: RowResult): void {
  printLine(`gcloud ${row.args.join(' ')}  (${ms} ms)`, problems);
  for (const request of requests) console.log(`         ${request}`);
}

function printLine(name: string, problems: readonly string[]): void {
  console.log(`${problems.length === 0 ? 'ok    ' : 'failed'} ${name}`);
  for (const problem of problems) console.log(`       ! ${problem}`);
}
