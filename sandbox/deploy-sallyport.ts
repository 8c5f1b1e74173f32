import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDelivery, type Delivery } from './delivery.ts';
import type { SallyportAccounts } from './estates/sallyport-accounts.ts';
import type { DeliveryMode } from './event-request.ts';
import { type RunningFunction, startFunction } from './functions-host.ts';
import { createIdTokens, type IdTokens } from './id-token.ts';
import type { LoopbackServer } from './loopback-server.ts';
import { startMetadataServer } from './metadata-server.ts';
import type { Sandbox } from './start-sandbox.ts';
import { createTaskDispatcher, type TaskDispatcher } from './task-dispatcher.ts';
import { buildQueue } from './task-store.ts';

export interface DeployOptions {
  readonly sandbox: Sandbox;
  readonly idTokens?: IdTokens;
  readonly project: { readonly projectId: string; readonly projectNumber: string };
  readonly accounts: SallyportAccounts;
  /** Audit-log methods that start `audit-event`, as its triggers name them. */
  readonly methods: readonly string[];
  /** `sallyport.yaml` as an object; scope, timing and so on. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How events arrive; default `eventarc`. */
  readonly mode?: DeliveryMode;
  /** Shortens the back-off of deliveries and tasks; default 0.02 (10 s becomes 0.2 s). */
  readonly timeScale?: number;
  /** Attempts of a task before it is given up; default 10. */
  readonly maxAttempts?: number;
  /** Built files instead of the sources: folder with `audit-event/index.mjs` and so on. */
  readonly builtDir?: string;
  readonly onLog?: (name: FunctionName, entry: Readonly<Record<string, unknown>>) => void;
}

export type FunctionName = 'audit-event' | 'reconcile';

export interface Deployment {
  readonly delivery: Delivery;
  readonly tasks: TaskDispatcher;
  readonly idTokens: IdTokens;
  readonly ledgerFile: string;
  readonly settingsFile: string;
  /** `projects/P/topics/T` of the dead letters. */
  readonly deadLetterTopic: string;
  function(name: FunctionName): RunningFunction;
  /** What a client on this machine needs to act as the reconcile account (CLI). */
  readonly clientEnv: Readonly<Record<string, string>>;
  /** Starts a killed function again, on its port. */
  restart(name: FunctionName): Promise<void>;
  /** What Cloud Scheduler does once an hour: calls `reconcile` for the project. Resolves with its answer. */
  sweep(): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Resolves when no event and no task is under way. */
  idle(): Promise<void>;
  /** Ends functions and servers; leaves no process and no file behind. */
  stop(): Promise<void>;
}

const signatures = { 'audit-event': 'cloudevent', reconcile: 'http' } as const;
const location = 'us-central1';

/**
 * Deploys Sallyport into a sandbox as its Terraform does into a project: queue, dead-letter topic, one service account a
 * function, triggers, and the two functions as real processes on the Functions Framework.
 */
export async function deploySallyport(options: DeployOptions): Promise<Deployment> {
  const { sandbox, project, accounts, timeScale = 0.02, maxAttempts = 10 } = options;
  const idTokens = options.idTokens ?? (await createIdTokens());
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-deployment-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const ledgerFile = join(folder, 'ledger.db');
  const settingsFile = join(folder, 'sallyport.yaml');
  writeFileSync(settingsFile, JSON.stringify({ timing: { bucketSeconds: 1, settleSeconds: 2 }, ...options.settings }));

  const queue = `projects/${project.projectId}/locations/${location}/queues/sallyport`;
  const deadLetterTopic = `projects/${project.projectId}/topics/sallyport-dead-letters`;
  sandbox.cloud.tasks.queues.set(
    queue,
    buildQueue(queue, {
      retryConfig: { maxAttempts, minBackoff: '10s', maxBackoff: '300s', maxDoublings: 3 },
    }),
  );
  sandbox.cloud.pubsub.topics.set(deadLetterTopic, { name: deadLetterTopic });

  const metadata: Record<FunctionName, LoopbackServer> = {
    'audit-event': await startMetadataServer({ ...project, email: accounts.eventsAccount, idTokens }),
    reconcile: await startMetadataServer({ ...project, email: accounts.reconcileAccount, idTokens }),
  };
  const running = new Map<FunctionName, RunningFunction>();
  const close = async () => {
    await Promise.all([...running.values()].map((one) => one.stop()));
    await Promise.all(Object.values(metadata).map((server) => server.stop()));
    process.off('exit', removeFolder);
    removeFolder();
  };
  const common = {
    SALLYPORT_SANDBOX_URL: sandbox.url,
    SALLYPORT_SETTINGS: settingsFile,
    SALLYPORT_LEDGER: ledgerFile,
    SALLYPORT_PRINCIPAL: accounts.reconcileAccount,
    SALLYPORT_DEAD_LETTER_TOPIC: deadLetterTopic,
    GOOGLE_CLOUD_PROJECT: project.projectId,
  };
  const start = async (name: FunctionName, env: Readonly<Record<string, string>>, port?: number) => {
    const one = await startFunction({
      target: name,
      sourceFile: sourceOf(name, options.builtDir),
      signatureType: signatures[name],
      env: { ...common, ...env, GCE_METADATA_HOST: metadata[name].host },
      ...(port === undefined ? {} : { port }),
      onLog: (entry) => options.onLog?.(name, entry),
    }).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    running.set(name, one);
    return one;
  };
  const reconcileEnv = { SALLYPORT_MAX_ATTEMPTS: String(maxAttempts) };
  const reconcile = await start('reconcile', reconcileEnv);
  const auditEventEnv = {
    SALLYPORT_QUEUE: queue,
    SALLYPORT_RECONCILE_URL: reconcile.url,
    SALLYPORT_TASKS_SERVICE_ACCOUNT: accounts.invokerAccount,
  };
  const auditEvent = await start('audit-event', auditEventEnv);

  const tasks = createTaskDispatcher({
    tasks: sandbox.cloud.tasks,
    idTokens,
    requestLog: sandbox.requestLog,
    timeScale,
  });
  const delivery = createDelivery({
    cloud: sandbox.cloud,
    requestLog: sandbox.requestLog,
    idTokens,
    targets: [
      {
        name: 'sallyport-audit-event',
        mode: options.mode ?? 'eventarc',
        url: auditEvent.url,
        serviceAccount: accounts.invokerAccount,
        filter: options.methods,
      },
    ],
    retry: { timeScale },
  });
  const unhook = sandbox.onAudit((entry) => delivery.deliver(entry));
  const find = (name: FunctionName): RunningFunction => {
    const one = running.get(name);
    if (!one) throw new Error(`${name} was never started`);
    return one;
  };

  return {
    delivery,
    tasks,
    idTokens,
    ledgerFile,
    settingsFile,
    deadLetterTopic,
    function: find,
    clientEnv: { ...common, GCE_METADATA_HOST: metadata.reconcile.host },
    async restart(name) {
      await start(name, name === 'reconcile' ? reconcileEnv : auditEventEnv, find(name).port);
    },
    async sweep() {
      const response = await fetch(find('reconcile').url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ project: project.projectId, reason: 'sweep' }),
      });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    },
    async idle() {
      while (delivery.pending() > 0 || tasks.pending() > 0) {
        await delivery.idle();
        await tasks.idle();
      }
    },
    async stop() {
      unhook();
      await Promise.all([delivery.stop(), tasks.stop()]);
      await close();
    },
  };
}

/** The source file in a clone; the built file where there is no source (the packed tarball), or where `builtDir` asks for it. */
function sourceOf(name: FunctionName, builtDir: string | undefined): string {
  if (builtDir) return join(builtDir, name, 'index.mjs');
  const source = fileURLToPath(new URL(`../functions/entrypoints/${name}.ts`, import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL(`../functions/${name}/index.mjs`, import.meta.url));
}
