import { connectToGoogle } from '../../../functions/adapters/google-clients/connection.ts';
import { openStorage } from '../../../functions/adapters/google-clients/storage.ts';
import { createGoogleRead } from '../../../functions/adapters/google-read.ts';
import { createProjectList } from '../../../functions/adapters/project-list.ts';
import { createReportBucket } from '../../../functions/adapters/report-bucket.ts';
import { callRest } from '../../../functions/adapters/rest-call.ts';
import { realTiming } from '../../../functions/adapters/retry-timing.ts';
import { AppError } from '../../../functions/errors.ts';
import { complaintsOf, type Path } from './path.ts';

/** Cloud Scheduler starts a workflow, as it does with the token of the account that its job names. */
export const startByTheClock: Path = {
  name: 'Scheduler starts a workflow',
  accounts: (account) => account === 'sallyport-scheduler',
  needs: (permission) => permission === 'workflows.executions.create',
  async run({ become, estate, sandbox }, account) {
    const { token } = await become(account);
    const request = {
      method: 'POST',
      url: `${sandbox.url}/v1/${estate.workflow}/executions`,
      body: { argument: '{}' },
    } as const;
    const failed = (why: string) => new AppError('approval-workflow-failed', why);
    return complaintsOf(async () => {
      const { status } = await callRest(request, { token, failed });
      if (status !== 200) throw failed(`the job ended with HTTP ${status}`);
    });
  },
};

/** A sweep of every project that this account may see. */
export const findProjects: Path = {
  name: 'a sweep finds the projects',
  accounts: (account) => account === 'sallyport-sweep',
  needs: (permission) => permission.startsWith('resourcemanager.'),
  async run({ become, estate }, account) {
    const { clients } = await become(account);
    const scope = { include: ['*'], exclude: [] };
    const list = createProjectList({ clients, read: createGoogleRead(realTiming), scope, ownProject: 'elsewhere' });
    const found: string[] = [];
    const thrown = await complaintsOf(async () => found.push(...(await list())));
    if (thrown.length > 0 || found.includes(estate.projectId)) return thrown;
    return [`out-of-scope: no project is in scope (${found.length} found), which the function logs as an error`];
  },
};

let lastFolder = 0;

/** A report is put into its bucket. */
export const keepReport: Path = {
  name: 'a report is kept',
  accounts: (account) => account === 'sallyport-report',
  needs: (permission) => permission.startsWith('storage.'),
  async run({ become, estate, sandbox }, account) {
    await become(account);
    const connection = connectToGoogle(process.env);
    const place = createReportBucket({
      bucket: estate.bucket,
      storage: () => openStorage(connection),
      timing: realTiming,
      rootUrl: `${sandbox.url}/`,
      browserRoot: sandbox.url,
    });
    lastFolder += 1;
    const file = { name: 'report.csv', contentType: 'text/csv', text: 'a,b\n' };
    return complaintsOf(() => place.put(`folder-${lastFolder}`, [file, { ...file, name: 'manifest.csv' }]));
  },
};
