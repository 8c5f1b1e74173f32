import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { RequestRow } from '../../sandbox/request-log.ts';
import type { Sandbox } from '../../sandbox/start-sandbox.ts';
import { type Gcloud, type GcloudResult, openGcloud } from './gcloud.ts';
import type { GcloudRow } from './gcloud-row.ts';

export interface RowResult {
  readonly row: GcloudRow;
  readonly ms: number;
  /** As `GcloudRow.requests`. */
  readonly requests: readonly string[];
  readonly problems: readonly string[];
}

/** Runs the lanes side by side, each with a gcloud of its own, and compares what each command asked for with its row. */
export async function runGcloudRows(
  sandbox: Sandbox,
  { projectId, ancestors }: ArticleEstate,
  lanes: readonly (readonly GcloudRow[])[],
  onResult: (result: RowResult) => void,
): Promise<readonly RowResult[]> {
  for (const key of [`projects/${projectId}`, ...ancestors]) letDomainIn(sandbox, key);
  const results = await Promise.all(
    lanes.map(async (rows, lane) => {
      const gcloud = openGcloud({ port: sandbox.port, project: projectId });
      try {
        return await runLane(sandbox, gcloud, rows, lane, onResult);
      } finally {
        gcloud.close();
      }
    }),
  );
  return results.flat();
}

/** Each command runs as a person of its own, so that its requests can be told from those of the other lane. */
function letDomainIn(sandbox: Sandbox, key: string): void {
  const policy = sandbox.cloud.policies.get(key);
  policy?.bindings?.push({ role: 'roles/owner', members: ['domain:gcloud.example.com'] });
}

async function runLane(
  sandbox: Sandbox,
  gcloud: Gcloud,
  rows: readonly GcloudRow[],
  lane: number,
  onResult: (result: RowResult) => void,
): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const [index, row] of rows.entries()) {
    const account = `row-${lane}-${index}@gcloud.example.com`;
    const result = await gcloud.run(row.args, account);
    const logged = sandbox.requestLog.rows.filter(({ caller }) => caller === account);
    const requests = logged.map(describeRequest);
    const checked = { row, ms: result.ms, requests, problems: compare(row, result, requests, sandbox) };
    onResult(checked);
    results.push(checked);
  }
  return results;
}

function compare(row: GcloudRow, result: GcloudResult, requests: readonly string[], { cloud }: Sandbox): string[] {
  const problems: string[] = [];
  if (result.code !== (row.code ?? 0)) problems.push(`exit code ${result.code}: ${result.stderr.trim().slice(-400)}`);
  if (row.output && !row.output.test(result.stdout + result.stderr))
    problems.push(`the output lacks ${row.output}: ${(result.stdout + result.stderr).trim().slice(-400)}`);
  if (requests.join('\n') !== row.requests.join('\n'))
    problems.push(`expected ${row.requests.length ? row.requests.join('; ') : 'no request'}`);
  if (row.holds && !row.holds(cloud)) problems.push(`the cloud is not as it should be afterwards: ${row.holds}`);
  return problems;
}

function describeRequest({ verb, host = '', url = '', status = 0 }: RequestRow): string {
  const { pathname, searchParams } = new URL(url, 'http://sandbox');
  searchParams.delete('alt');
  if (searchParams.has('generation')) searchParams.set('generation', 'N');
  const query = decodeURIComponent([...searchParams].map(([name, value]) => `${name}=${value}`).join('&'));
  const api = host.replace(/\.googleapis\.com(:\d+)?$/, '');
  return `${verb} ${api} ${pathname}${query && `?${query}`}${status < 400 ? '' : ` -> ${status}`}`;
}
