import { randomBytes } from 'node:crypto';
import { http } from '@google-cloud/functions-framework';
import { apiRoot, enterSandbox } from '../adapters/api-root.ts';
import { connectToGoogle } from '../adapters/google-clients/connection.ts';
import { openStorage } from '../adapters/google-clients/storage.ts';
import { createGoogleRead } from '../adapters/google-read.ts';
import { openLedger } from '../adapters/ledger/open-ledger.ts';
import { createProjectReader } from '../adapters/live-reader/create-live-reader.ts';
import { createLog } from '../adapters/log.ts';
import { once } from '../adapters/once.ts';
import { readOwnProject } from '../adapters/own-project.ts';
import { createProjectList } from '../adapters/project-list.ts';
import { createReadClients } from '../adapters/read-clients.ts';
import { createReportBucket } from '../adapters/report-bucket.ts';
import { requiredVariable } from '../adapters/required-variable.ts';
import { realTiming } from '../adapters/retry-timing.ts';
import { readSettingsFile } from '../adapters/settings-file.ts';
import { AppError } from '../errors.ts';
import { prepare } from './prepare.ts';
import { createReportHandler, type ReportDeps } from './report-handler.ts';
import { sendDueNotices } from './send-due-notices.ts';

/**
 * The function that the workflow `compliance-report` calls: POST JSON `{"step": "write"}`. It reads every project in scope,
 * writes the report into the bucket and puts its link into the outbox. Environment: docs/operations.md.
 */
http('report', async (request, response) => {
  try {
    const reply = await createReportHandler(await deps())(request.body);
    response.status(reply.status).json(reply.body);
  } catch (error) {
    createLog().error('report cannot start', { error });
    response.status(503).json({ code: error instanceof AppError ? error.code : 'unexpected' });
  }
});

const deps = prepare('report', readDeps);

async function readDeps(): Promise<ReportDeps> {
  const { env } = process;
  const settings = await readSettingsFile(env['SALLYPORT_SETTINGS']);
  const [ownProject, ledger] = await Promise.all([
    readOwnProject(),
    openLedger(requiredVariable('SALLYPORT_LEDGER'), { retentionDays: settings.retentionDays }),
  ]);
  const connection = connectToGoogle(env);
  const clients = createReadClients(connection);
  const clock = { now: () => Date.now() };
  const reader = createProjectReader({ clients, clock, timing: realTiming, settings });
  const world = { reader, ledger, clock, settings, log: createLog() };
  const sandbox = enterSandbox(env);
  return {
    world,
    listProjects: createProjectList({
      clients,
      read: createGoogleRead(realTiming),
      scope: settings.scope,
      ownProject: ownProject.id,
    }),
    place: createReportBucket({
      bucket: requiredVariable('SALLYPORT_REPORT_BUCKET'),
      storage: once(() => openStorage(connection)),
      timing: realTiming,
      rootUrl: `${apiRoot('storage', env)}/`,
      browserRoot: sandbox ? `${sandbox}/_sandbox/storage` : 'https://storage.cloud.google.com',
    }),
    writtenBy: env['K_REVISION'] ?? 'the function report',
    newReportId: () => randomBytes(6).toString('hex'),
    sendDueNotices: () => sendDueNotices({ world, queue: undefined }),
  };
}
