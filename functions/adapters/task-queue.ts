import type { Clock } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { isStillAhead, listReplaced, nextBucket, type TaskPlan } from '../events/task-name.ts';
import type { AccessToken } from './metadata-token.ts';
import { callRest, errorText } from './rest-call.ts';

/** Where work for `reconcile` is put. */
export interface TaskQueue {
  /** Puts a task into the queue, or finds that one which will do the same is there already. Throws `queue-failed`. */
  enqueue(request: TaskRequest): Promise<Enqueued>;
}

export interface TaskRequest {
  readonly plan: TaskPlan;
  readonly body: TaskBody;
}

/** What `reconcile` receives as JSON. */
export type TaskBody =
  | {
      readonly project: string;
      readonly reason: 'event';
      readonly eventId: string;
      readonly method: string;
      readonly resource: string;
      readonly actor?: string;
    }
  | {
      readonly project: string;
      readonly reason: 'own-write';
      readonly eventId: string;
      readonly resource: string;
      readonly etag: string;
    }
  | {
      readonly project: string;
      readonly reason: 'event' | 'sweep';
      /** Another function has looked already, and left what this one may do. */
      readonly handedOver?: true;
      /** The how manieth look at what waits for other changes. */
      readonly again?: number;
    }
  | {
      readonly reason: 'decision';
      readonly approvalId: string;
      readonly planHash: string;
      readonly approved: boolean;
      readonly by: string;
    }
  | { readonly reason: 'notify' };

export interface Enqueued {
  readonly outcome: 'created' | 'coalesced';
  /** Id of the task that will run. */
  readonly task: string;
}

export interface CloudTasksOptions {
  /** `projects/P/locations/L/queues/Q` */
  readonly queue: string;
  /** Of the reconcile function; also the audience of the token that Cloud Tasks calls it with. */
  readonly url: string;
  /** E-mail of the account that Cloud Tasks calls it as. */
  readonly serviceAccount: string;
  readonly apiRoot: string;
  readonly token: AccessToken;
  readonly clock: Clock;
}

/** Cloud Tasks over REST v2, without its SDK. A name that is taken counts only while its task is still ahead (DESIGN 7, FACTS 12). */
export function createCloudTasksQueue(options: CloudTasksOptions): TaskQueue {
  return {
    async enqueue({ plan: first, body }) {
      let plan = first;
      for (let bucket = 1; bucket <= 5; bucket++) {
        const outcome = await create(plan, body, options);
        if (outcome === 'created') {
          if ('bucket' in plan) await removeReplaced(listReplaced(plan, options.clock.now()), options);
          return { outcome, task: plan.id };
        }
        if (!('bucket' in plan) || isStillAhead(plan, options.clock.now()))
          return { outcome: 'coalesced', task: plan.id };
        plan = nextBucket(plan);
      }
      throw new AppError(
        'queue-failed',
        `Five task names in a row are taken and their tasks have left: ${first.id} and on.`,
        {
          hint: "Check this machine's clock.",
        },
      );
    },
  };
}

/** Only after the new task is in the queue. What cannot be removed runs once more than it had to, and finds nothing to do. */
async function removeReplaced(plans: readonly TaskPlan[], { queue, apiRoot, token }: CloudTasksOptions): Promise<void> {
  const failed = (why: string, cause?: unknown) => new AppError('queue-failed', why, { cause });
  for (const { id } of plans) {
    const request = { method: 'DELETE', url: `${apiRoot}/v2/${queue}/tasks/${id}` } as const;
    await callRest(request, { token, failed }).catch(() => undefined);
  }
}

async function create(plan: TaskPlan, body: TaskBody, options: CloudTasksOptions): Promise<'created' | 'taken'> {
  const { queue, url, serviceAccount, apiRoot, token } = options;
  const task = {
    name: `${queue}/tasks/${plan.id}`,
    scheduleTime: new Date(plan.scheduleTime).toISOString(),
    httpRequest: {
      httpMethod: 'POST',
      url,
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)).toString('base64'),
      oidcToken: { serviceAccountEmail: serviceAccount, audience: url },
    },
  };
  const failed = (why: string, cause?: unknown) =>
    new AppError('queue-failed', `No task could be put into ${queue}: ${why}`, {
      hint: 'The function needs roles/cloudtasks.enqueuer on the queue and roles/iam.serviceAccountUser on the account in the task.',
      cause,
    });
  const request = { method: 'POST', url: `${apiRoot}/v2/${queue}/tasks`, body: { task } } as const;
  const reply = await callRest(request, { token, failed });
  if (reply.status === 409) return 'taken';
  if (reply.status >= 200 && reply.status < 300) return 'created';
  throw failed(`Cloud Tasks answered ${reply.status} ${errorText(reply)}`);
}
