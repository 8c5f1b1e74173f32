import { http } from '@google-cloud/functions-framework';
import { apiRoot } from '../adapters/api-root.ts';
import { createLog } from '../adapters/log.ts';
import { createMetadataToken } from '../adapters/metadata-token.ts';
import { requiredVariable } from '../adapters/required-variable.ts';
import { readSettingsFile } from '../adapters/settings-file.ts';
import { replyToPress } from '../adapters/slack/reply-to-press.ts';
import { createCloudTasksQueue } from '../adapters/task-queue.ts';
import { keepBodiesSmall } from './keep-bodies-small.ts';
import { prepare } from './prepare.ts';
import { createSlackActionHandler, longestBody, type SlackActionDeps } from './slack-action-handler.ts';

keepBodiesSmall('slack-action', longestBody);

/**
 * The function that Slack calls when somebody presses a button. Public, because Slack has no token of ours: whatever is not
 * signed by Slack ends here. Environment: docs/slack.md.
 */
http('slack-action', async (request, response) => {
  let ready: SlackActionDeps;
  try {
    ready = await deps();
  } catch (error) {
    createLog().error('slack-action cannot start', { error });
    response.status(503).end();
    return;
  }
  const reply = await createSlackActionHandler(ready)({
    method: request.method,
    contentType: request.get('content-type') ?? '',
    rawBody: request.rawBody ?? Buffer.alloc(0),
    timestamp: request.get('x-slack-request-timestamp'),
    signature: request.get('x-slack-signature'),
  });
  response.status(reply.status).end(reply.body);
});

const deps = prepare('slack-action', readDeps);

async function readDeps(): Promise<SlackActionDeps> {
  const { env } = process;
  const clock = { now: () => Date.now() };
  const token = createMetadataToken({ clock });
  return {
    settings: await readSettingsFile(env['SALLYPORT_SETTINGS']),
    secret: requiredVariable('SLACK_SIGNING_SECRET'),
    queue: createCloudTasksQueue({
      queue: requiredVariable('SALLYPORT_QUEUE'),
      url: requiredVariable('SALLYPORT_RECONCILE_URL'),
      serviceAccount: requiredVariable('SALLYPORT_TASKS_SERVICE_ACCOUNT'),
      apiRoot: apiRoot('cloudtasks'),
      token,
      clock,
    }),
    clock,
    log: createLog(),
    reply: (url, text) => replyToPress(url, text),
  };
}
