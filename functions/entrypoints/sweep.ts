import { randomUUID } from 'node:crypto';
import { http } from '@google-cloud/functions-framework';
import { connectToGoogle } from '../adapters/google-clients/connection.ts';
import { openProjects } from '../adapters/google-clients/projects.ts';
import { createGoogleRead } from '../adapters/google-read.ts';
import { openLedger } from '../adapters/ledger/open-ledger.ts';
import { createLog } from '../adapters/log.ts';
import { once } from '../adapters/once.ts';
import { readOwnProject } from '../adapters/own-project.ts';
import { createProjectList } from '../adapters/project-list.ts';
import { requiredVariable } from '../adapters/required-variable.ts';
import { realTiming } from '../adapters/retry-timing.ts';
import { readSettingsFile } from '../adapters/settings-file.ts';
import { AppError } from '../errors.ts';
import { prepare } from './prepare.ts';
import { sendDueNotices } from './send-due-notices.ts';
import { createSweepHandler, type SweepDeps } from './sweep-handler.ts';

/**
 * The function that the workflow `sweep` calls twice: for the projects in scope, and with what the looks at them came to.
 * POST JSON `{"step": "plan"}` or `{"step": "digest", …}`. Environment: docs/operations.md.
 */
http('sweep', async (request, response) => {
  try {
    const reply = await createSweepHandler(await deps())(request.body);
    response.status(reply.status).json(reply.body);
  } catch (error) {
    createLog().error('sweep cannot start', { error });
    response.status(503).json({ code: error instanceof AppError ? error.code : 'unexpected' });
  }
});

const deps = prepare('sweep', readDeps);

async function readDeps(): Promise<SweepDeps> {
  const { env } = process;
  const settings = await readSettingsFile(env['SALLYPORT_SETTINGS']);
  const [ownProject, ledger] = await Promise.all([
    readOwnProject(),
    openLedger(requiredVariable('SALLYPORT_LEDGER'), { retentionDays: settings.retentionDays }),
  ]);
  const connection = connectToGoogle(env);
  const common = { ledger, settings, clock: { now: () => Date.now() }, log: createLog() };
  return {
    ...common,
    listProjects: createProjectList({
      clients: { projects: once(() => openProjects(connection)) },
      read: createGoogleRead(realTiming),
      scope: settings.scope,
      ownProject: ownProject.id,
    }),
    newSweepId: randomUUID,
    sendDueNotices: () => sendDueNotices({ world: common, queue: undefined }),
  };
}
