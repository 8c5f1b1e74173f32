import type { FunctionName } from '../../sandbox/deploy/deploy-sallyport.ts';
import { buildIgnoredEvent, buildStartingEvent, type Message } from '../bench-event.ts';
import { type BenchCloud, type BenchCloudOptions, openBenchCloud } from '../open-bench-cloud.ts';
import { buildPress } from '../slack-press.ts';
import { type Contestant, measure } from './contestant.ts';

export interface ColdCloud {
  readonly functions: readonly Contestant[];
  stop(): Promise<void>;
}

const approver = 'U0ANN';

/** The built functions with a ledger of this kind: for a ledger in Firestore, those that have one. */
export async function deployedFunctions(
  builtDir: string,
  ledger?: Readonly<Record<string, string>>,
): Promise<ColdCloud> {
  const deploy: BenchCloudOptions['deploy'] = { builtDir, parts: 'all', ...(ledger ? { ledger } : {}) };
  const cloud = await openBenchCloud({ services: 2, isGranted: () => true, deploy });
  const { estate, deployment, sandbox } = cloud;
  const [service] = estate.services;
  // No task may start while another process is measured.
  for (const queue of sandbox.cloud.tasks.queues.values()) queue.state = 'PAUSED';
  const secret = deployment.slack?.signingSecret ?? '';
  const post = (body: object) => (): Message => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const task = post({ project: estate.projectId, reason: 'event', eventId: 'bench' });
  const one = (name: FunctionName, what: string, limit: number | undefined, message: () => Message): Contestant => ({
    name: `${name}, ${what}`,
    against: { name: name === 'audit-event' ? 'empty-event' : 'empty-request', limit },
    run: () => runDeployed(cloud, name, message),
  });
  const starting = () => buildStartingEvent(estate.projectId, service);
  const ignored = () => buildIgnoredEvent(estate.projectId, service);
  const where = ledger ? 'Firestore' : 'SQLite';
  const withLedger = [
    one('reconcile', `2 services, nothing to do, ${where}`, 2, task),
    one('sweep', `plan of one project, ${where}`, undefined, post({ step: 'plan' })),
    one('report', `2 services, ${where}`, undefined, post({ step: 'write' })),
  ];
  const withoutLedger = [
    one('audit-event', 'event accepted', 1.3, starting),
    one('audit-event', 'event ignored', 1.3, ignored),
    one('slack-action', 'answer taken', 1.5, () => buildPress(approver, secret)),
  ];
  return { functions: ledger ? withLedger : [...withoutLedger, ...withLedger], stop: () => cloud.stop() };
}

async function runDeployed({ sandbox, deployment }: BenchCloud, name: FunctionName, message: () => Message) {
  const { port, kill } = deployment.function(name);
  await kill();
  const sample = await measure(port, message(), async () => {
    await deployment.restart(name);
    return deployment.function(name);
  });
  for (const task of sandbox.cloud.tasks.tasks.keys()) sandbox.cloud.tasks.remove(task);
  return sample;
}
