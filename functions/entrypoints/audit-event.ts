import { cloudEvent } from '@google-cloud/functions-framework';
import { apiRoot } from '../adapters/api-root.ts';
import { createDeadLetters } from '../adapters/dead-letter.ts';
import { createLog, traceFields } from '../adapters/log.ts';
import { createMetadataToken } from '../adapters/metadata-token.ts';
import { readOwnProject } from '../adapters/own-project.ts';
import { createProjectNumbers } from '../adapters/project-numbers.ts';
import { requiredVariable } from '../adapters/required-variable.ts';
import { readSettingsFile } from '../adapters/settings-file.ts';
import { createCloudTasksQueue } from '../adapters/task-queue.ts';
import { type AuditEventDeps, createAuditEventHandler } from './audit-event-handler.ts';

/**
 * The function that takes audit events, from Eventarc or from a log sink's topic, and puts work into the queue. Answers
 * 2xx when nothing more can come of an event, 500 when delivery shall repeat it. Environment: docs/events.md.
 */
cloudEvent('audit-event', async (event: unknown) => {
  deps ??= readDeps();
  const ready = await deps.catch((error: unknown) => {
    deps = undefined;
    throw error;
  });
  const log = ready.log.child(traceFields(event, ready.ownProject.id));
  await createAuditEventHandler({ ...ready, log })(event);
});

/** Made once a process; made again if it failed, because a setting may be mended while events wait. */
let deps: Promise<AuditEventDeps> | undefined;

async function readDeps(): Promise<AuditEventDeps> {
  const { env } = process;
  const clock = { now: () => Date.now() };
  const token = createMetadataToken({ clock });
  const topic = env['SALLYPORT_DEAD_LETTER_TOPIC'];
  const [settings, ownProject] = await Promise.all([readSettingsFile(env['SALLYPORT_SETTINGS']), readOwnProject()]);
  return {
    settings,
    ownProject,
    ownPrincipal: env['SALLYPORT_PRINCIPAL'],
    queue: createCloudTasksQueue({
      queue: requiredVariable('SALLYPORT_QUEUE'),
      url: requiredVariable('SALLYPORT_RECONCILE_URL'),
      serviceAccount: requiredVariable('SALLYPORT_TASKS_SERVICE_ACCOUNT'),
      apiRoot: apiRoot('cloudtasks'),
      token,
      clock,
    }),
    deadLetters: topic ? createDeadLetters({ topic, apiRoot: apiRoot('pubsub'), token }) : undefined,
    projectId: createProjectNumbers({ apiRoot: apiRoot('cloudresourcemanager'), token, clock }),
    clock,
    log: createLog(),
  };
}
