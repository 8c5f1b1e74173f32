import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDelivery, type Delivery } from '../delivery.ts';
import type { SallyportAccounts } from '../estates/sallyport-accounts.ts';
import type { DeliveryMode } from '../event-request.ts';
import { findFreePort, type RunningFunction, startFunction } from '../functions-host.ts';
import { createIdTokens, type IdTokens } from '../id-token.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import { startMetadataServer } from '../metadata-server.ts';
import { type SlackStandIn, startSlack } from '../slack/start-slack.ts';
import type { Sandbox } from '../start-sandbox.ts';
import { createTaskDispatcher, type TaskDispatcher } from '../task-dispatcher.ts';
import { buildQueue } from '../task-store.ts';
import { type FunctionName, listOwnFunctions, type PlannedFunction, planFunctions } from './function-plan.ts';
import { putDeadLetters, putTriggers } from './put-events-side.ts';
import { deployScheduledSide, type ScheduledSide } from './scheduled-side.ts';

export type { FunctionName } from './function-plan.ts';

export interface DeployOptions {
  readonly sandbox: Sandbox;
  readonly idTokens?: IdTokens;
  readonly project: { readonly projectId: string; readonly projectNumber: string };
  readonly accounts: SallyportAccounts;
  /** Audit-log methods that start `audit-event`, as its triggers name them. */
  readonly methods: readonly string[];
  /** `sallyport.yaml` as an object; scope, timing and so on. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * `events` (default): what an audit event needs. `all`: also workflows, schedule, report bucket, Slack, and a function
   * for each capability.
   */
  readonly parts?: 'events' | 'all';
  /** Of the stand-in for Slack; default any free port. */
  readonly slackPort?: number;
  /** How events arrive; default `eventarc`. */
  readonly mode?: DeliveryMode;
  /** Shortens the back-off of deliveries and tasks; default 0.02 (10 s becomes 0.2 s). */
  readonly timeScale?: number;
  /** Attempts of a task before it is given up; default 10. */
  readonly maxAttempts?: number;
  /** Where the ledger is, as environment: `SALLYPORT_LEDGER` and what goes with it. Default: a SQLite file. */
  readonly ledger?: Readonly<Record<string, string>>;
  /** Built files instead of the sources: folder with `audit-event/index.mjs` and so on. */
  readonly builtDir?: string;
  readonly onLog?: (name: FunctionName, entry: Readonly<Record<string, unknown>>) => void;
}

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
  /** With `parts: 'all'`: what runs by the clock, and Slack. */
  readonly scheduled?: ScheduledSide;
  readonly slack?: SlackStandIn;
  /** Starts a killed function again, on its port. */
  restart(name: FunctionName): Promise<void>;
  /** One look at the project as a sweep takes it: calls `reconcile`, without workflow. Resolves with its answer. */
  sweep(): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Resolves when no event and no task is under way. */
  idle(): Promise<void>;
  /** Ends functions and servers; leaves no process and no file behind. */
  stop(): Promise<void>;
}

const location = 'us-central1';
/** The channel and the approver that the stand-in for Slack has, unless settings name others. */
const slackSettings = { channel: 'C0SECURITY', approvers: ['U0ANN'] };

/**
 * Deploys Sallyport into a sandbox as its Terraform does into a project: queue, dead-letter topic, one service account a
 * function, triggers, and the functions as real processes on the Functions Framework.
 */
export async function deploySallyport(options: DeployOptions): Promise<Deployment> {
  const { sandbox, project, accounts, parts = 'events', timeScale = 0.02, maxAttempts = 10 } = options;
  const { cloud } = sandbox;
  const idTokens = options.idTokens ?? (await createIdTokens());
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-deployment-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closing.toReversed()) await one();
    process.off('exit', removeFolder);
    removeFolder();
  };
  const ledgerFile = join(folder, 'ledger.db');
  const settingsFile = join(folder, 'sallyport.yaml');
  const settings = {
    timing: { bucketSeconds: 1, settleSeconds: 2 },
    ...(parts === 'all' ? { slack: slackSettings } : {}),
    ...options.settings,
  };
  writeFileSync(settingsFile, JSON.stringify(settings));

  const place = `projects/${project.projectId}/locations/${location}`;
  const queue = `${place}/queues/sallyport`;
  const deadLetterTopic = putDeadLetters(cloud, project.projectId);
  const bucket = `${project.projectId}-sallyport-reports`;
  const retryConfig = { maxAttempts, minBackoff: '10s', maxBackoff: '300s', maxDoublings: 3 };
  cloud.tasks.queues.set(queue, buildQueue(queue, { retryConfig }));

  const capabilities = listCapabilities(settings);
  const own = listOwnFunctions(parts, capabilities);
  const principals = [accounts.reconcileAccount, ...own.map((one) => accounts.capabilityAccounts[one] ?? '')];
  const common = {
    SALLYPORT_SANDBOX_URL: sandbox.url,
    SALLYPORT_SETTINGS: settingsFile,
    SALLYPORT_LEDGER: ledgerFile,
    ...options.ledger,
    SALLYPORT_PRINCIPAL: principals.join(','),
    SALLYPORT_DEAD_LETTER_TOPIC: deadLetterTopic,
    GOOGLE_CLOUD_PROJECT: project.projectId,
  };
  const slack =
    parts === 'all' ? await startSlack(options.slackPort === undefined ? {} : { port: options.slackPort }) : undefined;
  if (slack) closing.push(() => slack.stop());

  const ports = new Map<FunctionName, number>();
  const names: readonly FunctionName[] = [
    ...(['reconcile', 'audit-event'] as const),
    ...(parts === 'all' ? (['sweep', 'report', 'slack-action'] as const) : []),
    ...own.map((capability) => `reconcile-${capability}` as const),
  ];
  for (const name of names) ports.set(name, await findFreePort());
  const urlOf = (name: FunctionName) => `http://127.0.0.1:${ports.get(name)}`;
  const plan = planFunctions({
    accounts,
    capabilities,
    parts,
    common,
    urlOf,
    queue,
    maxAttempts,
    workflow: `${place}/workflows/sallyport-approval`,
    bucket,
    slack: slack ? { SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.apiUrl } : {},
    slackSigningSecret: slack?.signingSecret ?? '',
  });

  const running = new Map<FunctionName, RunningFunction>();
  const metadata = new Map<FunctionName, LoopbackServer>();
  const start = async ({ name, target, signature, account, env }: PlannedFunction) => {
    const server = metadata.get(name) ?? (await startMetadataServer({ ...project, email: account, idTokens }));
    metadata.set(name, server);
    const one = await startFunction({
      target,
      sourceFile: sourceOf(target, options.builtDir),
      signatureType: signature,
      env: { ...env, GCE_METADATA_HOST: server.host },
      port: ports.get(name) ?? 0,
      onLog: (entry) => options.onLog?.(name, entry),
    });
    running.set(name, one);
  };
  closing.push(async () => {
    await Promise.all([...running.values()].map((one) => one.stop()));
    await Promise.all([...metadata.values()].map((server) => server.stop()));
  });
  try {
    // One after the other: on two cores they would only be in each other's way.
    for (const one of plan) await start(one);
  } catch (error) {
    await close();
    throw error;
  }
  slack?.setActionUrl(urlOf('slack-action'));
  const scheduled = parts === 'all' ? await deployByTheClock() : undefined;

  const tasks = createTaskDispatcher({ tasks: cloud.tasks, idTokens, requestLog: sandbox.requestLog, timeScale });
  const triggersAccount = accounts.accounts['sallyport-triggers'] ?? accounts.invokerAccount;
  putTriggers(cloud, { project: project.projectId, region: location, methods: options.methods, triggersAccount });
  const delivery = createDelivery({
    cloud,
    requestLog: sandbox.requestLog,
    idTokens,
    targets: [
      {
        name: 'sallyport-audit-event',
        mode: options.mode ?? 'eventarc',
        url: urlOf('audit-event'),
        serviceAccount: triggersAccount,
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

  async function deployByTheClock(): Promise<ScheduledSide> {
    putReportBucket(sandbox, bucket, project);
    try {
      const side = await deployScheduledSide({ sandbox, idTokens, place, accounts, urlOf, timeScale: 1 });
      closing.push(() => side.stop());
      return side;
    } catch (error) {
      await close();
      throw error;
    }
  }

  return {
    delivery,
    tasks,
    idTokens,
    ledgerFile,
    settingsFile,
    deadLetterTopic,
    function: find,
    clientEnv: { ...common, GCE_METADATA_HOST: metadata.get('reconcile')?.host ?? '' },
    ...(scheduled ? { scheduled } : {}),
    ...(slack ? { slack } : {}),
    async restart(name) {
      const planned = plan.find((one) => one.name === name);
      if (!planned) throw new Error(`${name} was never started`);
      await start(planned);
    },
    async sweep() {
      const response = await fetch(urlOf('reconcile'), {
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

function listCapabilities(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const given = settings['capabilities'];
  return Array.isArray(given) ? given.map(String) : ['grant-invoker'];
}

/** As infra's: what is in it stays for 400 days. */
function putReportBucket({ cloud }: Sandbox, name: string, project: DeployOptions['project']): void {
  cloud.storage.buckets.set(name, {
    name,
    project: `projects/${project.projectId}`,
    projectNumber: project.projectNumber,
    timeCreated: cloud.now().toISOString(),
    settings: { location: 'US-CENTRAL1', storageClass: 'STANDARD' },
    retentionSeconds: 400 * 86_400,
    isVersioned: false,
    objects: new Map(),
    noncurrent: [],
  });
}

/** The source file in a clone; the built file where there is no source (the packed tarball), or where `builtDir` asks for it. */
function sourceOf(target: string, builtDir: string | undefined): string {
  if (builtDir) return join(builtDir, target, 'index.mjs');
  const source = fileURLToPath(new URL(`../../functions/entrypoints/${target}.ts`, import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL(`../functions/${target}/index.mjs`, import.meta.url));
}
