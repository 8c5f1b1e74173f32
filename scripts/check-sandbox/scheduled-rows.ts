import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { Sandbox } from '../../sandbox/start-sandbox.ts';
import { deployWorkflow } from '../../sandbox/workflows/deploy-workflow.ts';
import type { GcloudRow } from './gcloud-row.ts';

/** Rows about Cloud Scheduler, Workflows and Cloud Storage; makes the workflow, bucket and object that they are about. */
export async function buildScheduledRows(
  { projectId, regions: [region] }: ArticleEstate,
  { cloud }: Sandbox,
): Promise<GcloudRow[]> {
  const parent = `projects/${projectId}/locations/${region}`;
  await deployWorkflow(cloud, { name: `${parent}/workflows/sweep`, source: '- done: { return: 1 }' });
  const license = join(import.meta.dirname, '../../LICENSE');
  const objects = '/storage/v1/b/sallyport-check/o';
  const listed = 'prefixes,items/name,items/size,items/generation,nextPageToken';
  const at = `--location=${region}`;
  const job = `/v1/${parent}/jobs/hourly`;
  const workflow = `/v1/${parent}/workflows/sweep`;
  return [
    {
      args: [
        'scheduler',
        'jobs',
        'create',
        'http',
        'hourly',
        at,
        '--schedule=0 * * * *',
        '--uri=http://127.0.0.1:1/',
        '--message-body={}',
      ],
      requests: [`POST cloudscheduler /v1/${parent}/jobs`],
      holds: ({ schedules }) => schedules.jobs.size === 1,
    },
    {
      args: ['scheduler', 'jobs', 'list', at],
      requests: [`GET cloudscheduler /v1/${parent}/jobs`],
      output: /hourly/,
    },
    {
      args: ['scheduler', 'jobs', 'describe', 'hourly', at],
      requests: [`GET cloudscheduler ${job}`],
      output: /state: ENABLED/,
    },
    { args: ['scheduler', 'jobs', 'run', 'hourly', at], requests: [`POST cloudscheduler ${job}:run`] },
    { args: ['scheduler', 'jobs', 'pause', 'hourly', at], requests: [`POST cloudscheduler ${job}:pause`] },
    {
      args: ['workflows', 'list', at],
      requests: [`GET workflows /v1/${parent}/workflows`],
      output: /sweep/,
    },
    { args: ['workflows', 'describe', 'sweep', at], requests: [`GET workflows ${workflow}`], output: /state: ACTIVE/ },
    {
      args: ['workflows', 'execute', 'sweep', at, '--data={"a":1}'],
      requests: [`POST workflowexecutions ${workflow}/executions`],
      holds: ({ workflows }) => workflows.executions.size === 1,
    },
    {
      args: ['storage', 'buckets', 'create', 'gs://sallyport-check', '--location=eu'],
      requests: [`POST storage /storage/v1/b?enableObjectRetention=False&project=${projectId}&projection=noAcl`],
    },
    {
      args: ['storage', 'cp', license, 'gs://sallyport-check/LICENSE'],
      requests: [
        `GET storage ${objects}/LICENSE?fields=bucket,name,size,generation&projection=noAcl -> 404`,
        `GET storage ${objects}?fields=${listed}&delimiter=/&maxResults=1000&prefix=LICENSE&projection=noAcl`,
        'POST storage /upload/storage/v1/b/sallyport-check/o?uploadType=multipart',
      ],
      holds: ({ storage }) =>
        storage.buckets.get('sallyport-check')?.objects.get('LICENSE')?.bytes.equals(readFileSync(license)) ?? false,
    },
    {
      args: ['storage', 'ls', 'gs://sallyport-check'],
      requests: [
        `GET storage ${objects}?fields=${listed}&delimiter=/&includeFoldersAsPrefixes=True&maxResults=1000&projection=noAcl`,
      ],
      output: /gs:\/\/sallyport-check\/LICENSE/,
    },
    {
      args: ['storage', 'cat', 'gs://sallyport-check/LICENSE'],
      requests: [
        `GET storage ${objects}/LICENSE?projection=noAcl`,
        `GET storage /download${objects}/LICENSE?generation=N`,
      ],
      output: /MIT License/,
    },
  ];
}
