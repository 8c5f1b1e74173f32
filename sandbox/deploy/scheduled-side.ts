import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SallyportAccounts } from '../estates/sallyport-accounts.ts';
import type { IdTokens } from '../id-token.ts';
import { createScheduler } from '../scheduler/create-scheduler.ts';
import type { Sandbox } from '../start-sandbox.ts';
import { createWorkflowRunner } from '../workflows/create-workflow-runner.ts';
import { deployWorkflow } from '../workflows/deploy-workflow.ts';
import type { ExecutionRecord } from '../workflows/workflow-store.ts';

export interface ScheduledSideOptions {
  readonly sandbox: Sandbox;
  readonly idTokens: IdTokens;
  /** `projects/P/locations/L` */
  readonly place: string;
  readonly accounts: SallyportAccounts;
  readonly urlOf: (name: 'sweep' | 'reconcile' | 'report') => string;
  readonly timeScale: number;
}

/** What runs by the clock: workflows, and the jobs that start them. */
export interface ScheduledSide {
  /** Fires a job now, as its hour would, and resolves with the execution when that has ended. */
  runJob(job: 'sallyport-sweep' | 'sallyport-compliance-report'): Promise<ExecutionRecord>;
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const jobs = {
  'sallyport-sweep': { schedule: '7 * * * *', file: 'sweep' },
  'sallyport-compliance-report': { schedule: '0 6 * * 1', file: 'compliance-report' },
} as const;

/** Deploys the workflows of `workflows/` as they are, and a Cloud Scheduler job for each that runs by the clock. */
export async function deployScheduledSide(options: ScheduledSideOptions): Promise<ScheduledSide> {
  const { sandbox, idTokens, place, accounts, urlOf, timeScale } = options;
  const { cloud, requestLog, url: rootUrl } = sandbox;
  const account = (name: string) => accounts.accounts[name] ?? '';
  const deploy = (file: string, env: Readonly<Record<string, string>>) =>
    deployWorkflow(cloud, {
      name: `${place}/workflows/sallyport-${file}`,
      source: readFileSync(fileURLToPath(new URL(`../../workflows/${file}.yaml`, import.meta.url)), 'utf8'),
      serviceAccount: account('sallyport-workflows'),
      env,
    });
  await deploy('sweep', { SWEEP_URL: urlOf('sweep'), RECONCILE_URL: urlOf('reconcile') });
  await deploy('approval', { RECONCILE_URL: urlOf('reconcile') });
  await deploy('compliance-report', { REPORT_URL: urlOf('report') });

  const common = { cloud, idTokens, requestLog, rootUrl };
  const runner = createWorkflowRunner({ ...common, timeScale });
  const scheduler = createScheduler({ ...common, timeScale });
  for (const [name, { schedule, file }] of Object.entries(jobs)) {
    const workflow = `${place}/workflows/sallyport-${file}`;
    cloud.schedules.put({
      name: `${place}/jobs/${name}`,
      schedule,
      timeZone: 'Etc/UTC',
      httpTarget: {
        uri: `https://workflowexecutions.googleapis.com/v1/${workflow}/executions`,
        httpMethod: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from('{}').toString('base64'),
        oauthToken: { serviceAccountEmail: account('sallyport-scheduler') },
      },
      retryConfig: {
        retryCount: 3,
        maxRetryDuration: '0s',
        minBackoffDuration: '5s',
        maxBackoffDuration: '3600s',
        maxDoublings: 5,
      },
      attemptDeadline: '180s',
      userUpdateTime: cloud.now().toISOString(),
      state: 'ENABLED',
    });
  }

  return {
    async runJob(job) {
      const before = new Set(cloud.workflows.executions.keys());
      cloud.schedules.run(`${place}/jobs/${job}`);
      await scheduler.idle();
      const started = [...cloud.workflows.executions.values()].find(
        ({ name }) => !before.has(name) && name.includes(`/sallyport-${jobs[job].file}/`),
      );
      if (!started) throw new Error(`the job ${job} started no workflow: ${statusOf(job)}`);
      while (started.state === 'ACTIVE') await new Promise((resolve) => setTimeout(resolve, 20));
      return started;
    },
    idle: () => scheduler.idle(),
    async stop() {
      await Promise.all([scheduler.stop(), runner.stop()]);
    },
  };

  function statusOf(job: string): string {
    return JSON.stringify(cloud.schedules.jobs.get(`${place}/jobs/${job}`)?.status ?? {});
  }
}
