import { createDeadLetterSubscription } from '../../functions/adapters/dead-letter-subscription.ts';
import { realTiming } from '../../functions/adapters/retry-timing.ts';
import { describeSpan } from '../describe-span.ts';
import { ask, find } from './ask.ts';
import { type Check, type DoctorContext, ok, problem, type Verdict } from './check.ts';

/** What waits to be done: the queue, and what was given up. */
export const workChecks: readonly Check[] = [
  { id: 'queue', examine: examineQueue },
  { id: 'dead letters', examine: examineLetters },
];

/** Tries of a task as infra sets them for queue and reconcile alike. */
const maxAttempts = 10;
/** Longer than settling, a bucket and the first back-offs take (ms). */
const longMs = 15 * 60_000;

function queueOf({ ownProject, region }: DoctorContext): string {
  return `projects/${ownProject}/locations/${region}/queues/sallyport`;
}

async function examineQueue(context: DoctorContext): Promise<Verdict> {
  const { ownProject, region } = context;
  const name = queueOf(context);
  const { projects } = await context.clients.tasks();
  const queue = (await find(() => projects.locations.queues.get({ name })))?.data;
  if (!queue)
    return problem(`${name} is not there`, 'terraform -chdir=infra apply (or name --region and --own-project)');
  if (queue.state !== 'RUNNING') {
    const fix = `gcloud tasks queues resume sallyport --location=${region} --project=${ownProject}`;
    return problem(`the queue is ${queue.state}: nothing is reconciled but by sweeps`, fix);
  }
  const attempts = queue.retryConfig?.maxAttempts ?? 100;
  if (attempts >= 0 && attempts < maxAttempts) {
    return problem(
      `the queue deletes a task after ${attempts} tries, before reconcile takes one for the last: it would be lost`,
      `gcloud tasks queues update sallyport --max-attempts=${maxAttempts} --location=${region} --project=${ownProject}`,
    );
  }
  return examineTasks(context);
}

async function examineTasks(context: DoctorContext): Promise<Verdict> {
  const { clients, clock, ownProject, region } = context;
  const { projects } = await clients.tasks();
  const parent = queueOf(context);
  const { data } = await ask(() => projects.locations.queues.tasks.list({ parent, pageSize: 1000 }));
  const all = data.tasks ?? [];
  const now = clock.now();
  const late = all.filter(
    ({ dispatchCount, createTime, scheduleTime }) =>
      ((dispatchCount ?? 0) > 0 && now - Date.parse(createTime ?? '') > longMs) ||
      now - Date.parse(scheduleTime ?? '') > longMs,
  );
  const count = `${all.length}${data.nextPageToken ? ' or more' : ''} ${all.length === 1 ? 'task' : 'tasks'}`;
  if (late.length === 0) return ok(`running; ${all.length === 0 ? 'no task waits' : `${count} on the way`}`);
  const oldest = Math.max(...late.map(({ createTime }) => now - Date.parse(createTime ?? '')));
  return problem(
    `${count}, ${late.length} of them late, the oldest ${describeSpan(oldest)} old`,
    `gcloud logging read 'resource.labels.service_name="sallyport-reconcile" AND severity>=WARNING' --limit=20 --project=${ownProject} (queue in ${region})`,
  );
}

async function examineLetters({ clients, ownProject, clock }: DoctorContext): Promise<Verdict> {
  const subscription = `projects/${ownProject}/subscriptions/sallyport-dead-letters`;
  const pubsub = await clients.pubsub();
  if (!(await find(() => pubsub.projects.subscriptions.get({ subscription })))) {
    return problem(`${subscription} is not there: dead letters are kept nowhere`, 'terraform -chdir=infra apply');
  }
  const letters = createDeadLetterSubscription({ subscription, clients, timing: realTiming });
  // Pub/Sub counts for nobody but Monitoring, minutes late: a look at them, and they are given back at once.
  const held = await letters.pull(100);
  await letters.giveBack(held);
  if (held.length === 0) return ok('none waits');
  const oldest = Math.min(...held.map(({ publishedAt }) => publishedAt));
  return problem(
    `${held.length}${held.length === 100 ? ' or more' : ''} ${held.length === 1 ? 'waits' : 'wait'}, the oldest for ${describeSpan(clock.now() - oldest)}`,
    `sallyport replay --subscription ${subscription}`,
  );
}
