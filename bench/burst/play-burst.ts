import { createCloudTasksQueue } from '../../functions/adapters/task-queue.ts';
import type { Logger } from '../../functions/core/world.ts';
import { createAuditEventHandler } from '../../functions/entrypoints/audit-event-handler.ts';
import { buildAccessToken } from '../../sandbox/access-token.ts';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { buildQueue } from '../../sandbox/task-store.ts';

/** One event: what project it is of, when it happened, and by how much the clock of the instance that takes it is wrong (ms). */
export interface BurstEvent {
  readonly project: string;
  readonly at: number;
  readonly skew: number;
}

/** One reconcile: it sees everything that happened until `at`. */
export interface BurstRun {
  readonly project: string;
  readonly at: number;
}

export interface PlayedBurst {
  readonly runs: readonly BurstRun[];
  /** Events after which nobody has looked: none may be lost. */
  readonly missed: readonly BurstEvent[];
  /** From the last event of a project until somebody looked, the longest of all projects (ms). */
  readonly longestWait: number;
}

export const burstTiming = { bucketSeconds: 30, settleSeconds: 10 };

const queueName = 'projects/ops-burst/locations/us-central1/queues/sallyport';
const account = 'sallyport-events@ops-burst.iam.gserviceaccount.com';

/**
 * Plays events in virtual time: the real handler of `audit-event` and its real queue client, over HTTP against the
 * sandbox's Cloud Tasks; tasks leave when virtual time has come. `more` is asked at each dispatch for an event of its own.
 */
export async function playBurst(
  events: readonly BurstEvent[],
  more: (run: BurstRun) => BurstEvent | undefined = () => undefined,
): Promise<PlayedBurst> {
  const start = Math.min(...events.map(({ at }) => at));
  let time = start;
  const sandbox = await startSandbox({ now: () => new Date(time) });
  try {
    sandbox.cloud.projects.set('ops-burst', {
      projectId: 'ops-burst',
      projectNumber: '1',
      displayName: 'ops',
      createTime: '2026-01-01T00:00:00Z',
    });
    sandbox.cloud.serviceAccounts.add(account);
    sandbox.cloud.policies.set('projects/ops-burst', {
      etag: 'BwY=',
      bindings: [
        { role: 'roles/cloudtasks.admin', members: [`serviceAccount:${account}`] },
        { role: 'roles/iam.serviceAccountUser', members: [`serviceAccount:${account}`] },
      ],
    });
    sandbox.cloud.tasks.queues.set(queueName, buildQueue(queueName));
    const agenda = events.toSorted((a, b) => a.at - b.at);
    const runs: BurstRun[] = [];
    const played: BurstEvent[] = [];
    for (;;) {
      const event = agenda[0];
      const task = [...sandbox.cloud.tasks.tasks.values()].sort((a, b) => dueOf(a) - dueOf(b))[0];
      if (!event && !task) break;
      if (event && (!task || event.at < dueOf(task))) {
        agenda.shift();
        time = event.at;
        played.push(event);
        await receive(event);
      } else if (task) {
        time = Math.max(time, dueOf(task));
        sandbox.cloud.tasks.remove(task.name);
        const run = { project: projectOf(task.httpRequest.body), at: time };
        runs.push(run);
        const next = more(run);
        if (next) agenda.unshift(next);
      }
    }
    return weigh(played, runs);
  } finally {
    await sandbox.stop();
  }

  /** As an instance of its own, whose clock is wrong by the event's skew. */
  async function receive({ project, at, skew }: BurstEvent): Promise<void> {
    const clock = { now: () => at + skew };
    const handle = createAuditEventHandler({
      settings: { scope: { include: ['*'], exclude: [] }, timing: burstTiming },
      ownProject: { id: 'ops-burst', number: '1' },
      ownPrincipal: undefined,
      queue: createCloudTasksQueue({
        queue: queueName,
        url: 'http://127.0.0.1:9/reconcile',
        serviceAccount: account,
        apiRoot: sandbox.url,
        token: async () => buildAccessToken(account),
        clock,
      }),
      deadLetters: undefined,
      projectId: async (name) => name,
      clock,
      log: silent,
    });
    await handle(buildEvent(project, at));
  }
}

function weigh(events: readonly BurstEvent[], runs: readonly BurstRun[]): PlayedBurst {
  const firstLook = ({ project, at }: BurstEvent) =>
    runs.filter((run) => run.project === project && run.at >= at).sort((a, b) => a.at - b.at)[0];
  const lastOf = new Map(events.toSorted((a, b) => a.at - b.at).map((event) => [event.project, event]));
  const waits = [...lastOf.values()].map((event) => (firstLook(event)?.at ?? Number.POSITIVE_INFINITY) - event.at);
  return { runs, missed: events.filter((event) => !firstLook(event)), longestWait: Math.max(...waits) };
}

function dueOf(task: { readonly scheduleTime: string }): number {
  return Date.parse(task.scheduleTime);
}

function projectOf(body: string | undefined): string {
  const parsed: unknown = JSON.parse(Buffer.from(body ?? '', 'base64').toString() || '{}');
  return typeof parsed === 'object' && parsed !== null && 'project' in parsed ? String(parsed.project) : '';
}

let lastEvent = 0;

function buildEvent(project: string, at: number): unknown {
  return {
    id: `burst-${++lastEvent}`,
    type: 'google.cloud.audit.log.v1.written',
    source: `//cloudaudit.googleapis.com/projects/${project}/logs/activity`,
    specversion: '1.0',
    data: {
      insertId: `burst-${lastEvent}`,
      logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`,
      timestamp: new Date(at).toISOString(),
      severity: 'NOTICE',
      resource: { type: 'cloud_run_revision', labels: { project_id: project, location: 'europe-west1' } },
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        serviceName: 'run.googleapis.com',
        methodName: 'google.cloud.run.v1.Services.ReplaceService',
        resourceName: `namespaces/${project}/services/web`,
        authenticationInfo: { principalEmail: 'terraform@example.com' },
      },
    },
  };
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
