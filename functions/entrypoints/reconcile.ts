import { randomUUID } from 'node:crypto';
import { http } from '@google-cloud/functions-framework';
import { apiRoot } from '../adapters/api-root.ts';
import { createApprovalWorkflow } from '../adapters/approval-workflow.ts';
import { createWorld } from '../adapters/create-world.ts';
import { createDeadLetters } from '../adapters/dead-letter.ts';
import { createGoogleClients } from '../adapters/google-clients.ts';
import { openLedger } from '../adapters/ledger/open-ledger.ts';
import { createLog } from '../adapters/log.ts';
import { createMetadataToken } from '../adapters/metadata-token.ts';
import { parseCapabilities, parseCapabilityUrls } from '../adapters/own-capabilities.ts';
import { readOwnProject } from '../adapters/own-project.ts';
import { createProjectNumbers } from '../adapters/project-numbers.ts';
import { requiredVariable } from '../adapters/required-variable.ts';
import { readSettingsFile } from '../adapters/settings-file.ts';
import { type CloudTasksOptions, createCloudTasksQueue, type TaskQueue } from '../adapters/task-queue.ts';
import { AppError } from '../errors.ts';
import { prepare } from './prepare.ts';
import { createReconcileHandler, type ReconcileDeps } from './reconcile-handler.ts';
import { sendDueNotices } from './send-due-notices.ts';

/**
 * The function that Cloud Tasks and Workflows call with one project each: POST JSON `{project, reason, …}`. Answers 200
 * when nothing more can come of a task, 503 when the queue shall send it again. Environment: docs/events.md.
 */
http('reconcile', async (request, response) => {
  let ready: ReconcileDeps;
  try {
    ready = await deps();
  } catch (error) {
    createLog().error('reconcile cannot start', { error });
    response.status(503).json({ code: error instanceof AppError ? error.code : 'unexpected' });
    return;
  }
  const retryCount = Number(request.get('x-cloudtasks-taskretrycount') ?? 0);
  const taskName = request.get('x-cloudtasks-taskname');
  const reply = await createReconcileHandler(ready)({
    body: request.body,
    retryCount,
    ...(taskName ? { taskName } : {}),
  });
  response.status(reply.status).json(reply.body);
});

const deps = prepare('reconcile', readDeps);

async function readDeps(): Promise<ReconcileDeps> {
  const { env } = process;
  const clock = { now: () => Date.now() };
  const token = createMetadataToken({ clock });
  const topic = env['SALLYPORT_DEAD_LETTER_TOPIC'];
  const attempts = Number(env['SALLYPORT_MAX_ATTEMPTS']);
  const clients = createGoogleClients(env, token);
  const needed = [token(), clients.compute(), clients.run(), clients.resourceManagerV1(), clients.resourceManagerV3()];
  // They load while the metadata server answers; whoever uses one hears of its failure.
  Promise.all(needed).catch(() => undefined);
  const settings = await readSettingsFile(env['SALLYPORT_SETTINGS']);
  const [ownProject, ledger] = await Promise.all([
    readOwnProject(),
    openLedger(requiredVariable('SALLYPORT_LEDGER'), { retentionDays: settings.retentionDays }),
  ]);
  const capabilities = parseCapabilities(env['SALLYPORT_CAPABILITIES']);
  const workflow = env['SALLYPORT_APPROVAL_WORKFLOW'];
  const own = capabilities ? { capabilities } : {};
  const world = createWorld({ settings, ledger, log: createLog(), clients, ...own });
  const queues = buildQueues({ token, clock });
  return {
    world,
    workflow: createApprovalWorkflow({
      apiRoot: apiRoot('workflowexecutions'),
      token,
      ownProject,
      ...(workflow ? { workflow } : {}),
    }),
    ...queues,
    sendDueNotices: () => sendDueNotices({ world, queue: queues.queue }),
    ownProject,
    projectId: createProjectNumbers({ apiRoot: apiRoot('cloudresourcemanager'), token, clock }),
    deadLetters: topic ? createDeadLetters({ topic, apiRoot: apiRoot('pubsub'), token }) : undefined,
    maxAttempts: attempts > 0 ? attempts : undefined,
    newRunId: randomUUID,
  };
}

/** Ways back to this function, and to those that have other capabilities; none without a queue. */
function buildQueues(common: Pick<CloudTasksOptions, 'token' | 'clock'>): Pick<ReconcileDeps, 'queue' | 'queueOf'> {
  const { env } = process;
  const queue = env['SALLYPORT_QUEUE'];
  if (!queue) return {};
  const serviceAccount = requiredVariable('SALLYPORT_TASKS_SERVICE_ACCOUNT');
  const build = (url: string): TaskQueue =>
    createCloudTasksQueue({ ...common, queue, url, serviceAccount, apiRoot: apiRoot('cloudtasks') });
  const urls = parseCapabilityUrls(env['SALLYPORT_CAPABILITY_URLS']);
  const others = new Map(Object.entries(urls).map(([capability, url]) => [capability, build(url)]));
  return {
    queue: build(requiredVariable('SALLYPORT_RECONCILE_URL')),
    queueOf: (capability) => others.get(capability),
  };
}
