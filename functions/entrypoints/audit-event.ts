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
import { prepare } from './prepare.ts';

/**
 * The function that takes audit events, from Eventarc or from a log sink's topic, and puts work into the queue. Answers
 * 2xx when nothing more can come of an event, 500 when delivery shall repeat it. Environment: docs/events.md.
 */
cloudEvent('audit-event', async (event: unknown) => {
  const ready = await deps();
  const log = ready.log.child(traceFields(event, ready.ownProject.id));
  await createAuditEventHandler({ ...ready, log })(event);
});

const deps = prepare('audit-event', readDeps);

async function readDeps(): Promise<AuditEventDeps> {
  const { env } = process;
  const clock = { now: () => Date.now() };
  const token = createMetadataToken({ clock });
  const topic = env['SALLYPORT_DEAD_LETTER_TOPIC'];
  // Almost every event that is let through needs it; whoever uses it hears of its failure.
  token().catch(() => undefined);
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
