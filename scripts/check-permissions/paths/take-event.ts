import { createDeadLetters } from '../../../functions/adapters/dead-letter.ts';
import { createProjectNumbers } from '../../../functions/adapters/project-numbers.ts';
import { parseSettings } from '../../../functions/config.ts';
import { createAuditEventHandler } from '../../../functions/entrypoints/audit-event-handler.ts';
import { buildEventRequest } from '../../../sandbox/event-request.ts';
import type { Actor, Lab } from '../lab.ts';
import { emptyQueue, makeQueue, realClock } from './make-queue.ts';
import { complaintsOf, type Path } from './path.ts';

const isEvents = (account: string) => account === 'sallyport-events';

/** An event that names its project by number becomes a task; one of the next bucket takes the place of the one before. */
export const takeEvent: Path = {
  name: 'events become one task',
  accounts: isEvents,
  needs: (permission) => /^(cloudtasks\.|iam\.serviceAccounts\.|resourcemanager\.)/.test(permission),
  async run(lab, account) {
    const actor = await lab.become(account);
    emptyQueue(lab);
    // At the begin of 120 s whose last bucket keeps its task, and of others each time: names stay taken.
    windows += 1;
    let now = (Math.ceil(Date.now() / 120_000) + windows) * 120_000;
    const handle = buildHandler(lab, actor, () => now);
    const outcomes: string[] = [];
    const thrown = await complaintsOf(async () => {
      outcomes.push((await handle(buildEvent(lab, 'google.cloud.run.v1.Services.ReplaceService'))).decision);
      now += 30_000;
      outcomes.push((await handle(buildEvent(lab, 'google.cloud.run.v1.Services.ReplaceService'))).decision);
    });
    const lost = outcomes.filter((decision) => decision !== 'reconcile');
    const tasks = lab.sandbox.cloud.tasks.tasks.size;
    return [
      ...thrown,
      ...lost.map((decision) => `${decision}: the event was dropped`),
      ...(thrown.length === 0 && tasks > 1 ? [`${tasks} tasks wait where one is enough`] : []),
    ];
  },
};

/** An event that can never succeed is put aside. */
export const putEventAside: Path = {
  name: 'an event that cannot succeed is put aside',
  accounts: isEvents,
  needs: (permission) => permission === 'pubsub.topics.publish',
  async run(lab, account) {
    const actor = await lab.become(account);
    return complaintsOf(() => buildHandler(lab, actor, Date.now)({ type: 'nothing', data: 7 }));
  },
};

function buildHandler(lab: Lab, actor: Actor, now: () => number) {
  const { estate, sandbox } = lab;
  const { token, log } = actor;
  const { projectId: id, projectNumber: number } = estate;
  return createAuditEventHandler({
    settings: parseSettings({ scope: { include: [id] } }),
    // Another one than the event's: else nobody has to be asked for its id.
    ownProject: { id: `${id}-else`, number: `9${number}` },
    ownPrincipal: estate.reconcileAccount,
    queue: makeQueue(lab, actor),
    deadLetters: createDeadLetters({ topic: estate.deadLetterTopic, apiRoot: sandbox.url, token }),
    projectId: createProjectNumbers({ apiRoot: sandbox.url, token, clock: realClock }),
    clock: { now },
    log,
  });
}

let windows = 0;
let lastInsert = 0;

function buildEvent({ estate }: Lab, methodName: string): unknown {
  const { projectNumber, service, regions } = estate;
  const resourceName = `namespaces/${projectNumber}/services/${service}`;
  const entry = {
    insertId: `lab-${++lastInsert}`,
    logName: `projects/${projectNumber}/logs/cloudaudit.googleapis.com%2Factivity`,
    timestamp: new Date().toISOString(),
    severity: 'NOTICE',
    resource: {
      type: 'cloud_run_revision',
      labels: { project_id: projectNumber, location: regions[0], service_name: service },
    },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: 'ada@example.com' },
      serviceName: 'run.googleapis.com',
      methodName,
      resourceName,
    },
  };
  const { headers, body } = buildEventRequest('eventarc', entry, { project: projectNumber, topic: '', messageId: '' });
  return toEvent(headers, JSON.parse(body));
}

/** As the Functions Framework hands it on. */
function toEvent(headers: Readonly<Record<string, string>>, data: unknown): unknown {
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') ? [[name.slice(3), value] as const] : [],
  );
  return { ...Object.fromEntries(attributes), data };
}
