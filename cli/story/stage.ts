import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { eventarcTriggers } from '../../functions/events/event-sources.ts';
import { type Deployment, deploySallyport, type FunctionName } from '../../sandbox/deploy/deploy-sallyport.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { startFrontDoor } from '../../sandbox/front-door/start-front-door.ts';
import type { LoopbackServer } from '../../sandbox/loopback-server.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';
import { createPushDispatcher, type PushDispatcher } from '../../sandbox/pubsub-push/create-push-dispatcher.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { type Admin, createAdmin } from './admin.ts';

export interface StageOptions {
  /** Changes project, service and region names; absent: the nice ones. */
  readonly seed?: number | undefined;
  readonly iam?: 'today' | '2021' | undefined;
  /** `all`: also what runs by the clock, Slack, and a function for each capability. */
  readonly parts?: 'events' | 'all';
  readonly slackPort?: number | undefined;
  readonly logFile?: string | undefined;
  readonly port?: number | undefined;
  readonly frontDoorPort?: number | undefined;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly onLog?: (name: FunctionName, entry: Readonly<Record<string, unknown>>) => void;
}

/** A local Google Cloud with the article's estate in it, Sallyport deployed, and the way in for users. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly estate: ArticleEstate;
  readonly deployment: Deployment;
  readonly frontDoor: LoopbackServer;
  /** Pushes what is published, through the front door; 10 s of back-off are 0.2 s. */
  readonly push: PushDispatcher;
  readonly admin: Admin;
  /** Asks for the service as a signed-in user, in one region; the status. */
  visit(region: string): Promise<number>;
  /** Resolves when no event is under way, and no task but such as wait for a later time. */
  settled(): Promise<void>;
  /** Cookie of the signed-in user. */
  readonly cookie: string;
  /** Variables with which `sallyport` works on this cloud, as its administrator, with the ledger of the functions. */
  readonly cliEnv: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Boots everything on loopback ports; `stop` leaves no process behind. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const sandbox = await startSandbox({
    ...(options.iam ? { iam: options.iam } : {}),
    ...(options.logFile ? { logFile: options.logFile } : {}),
    ...(options.port ? { port: options.port } : {}),
  });
  const estate = buildArticleEstate(sandbox.cloud, options.seed === undefined ? {} : { seed: options.seed });
  const deployment = await deploySallyport({
    sandbox,
    project: estate,
    accounts: estate,
    methods: eventarcTriggers().map(({ methodName }) => methodName),
    ...(options.parts ? { parts: options.parts } : {}),
    ...(options.slackPort ? { slackPort: options.slackPort } : {}),
    ...(options.settings ? { settings: options.settings } : {}),
    ...(options.onLog ? { onLog: options.onLog } : {}),
  }).catch(async (error: unknown) => {
    await sandbox.stop();
    throw error;
  });
  const frontDoor = await startFrontDoor({
    cloud: sandbox.cloud,
    idTokens: deployment.idTokens,
    requestLog: sandbox.requestLog,
    ...(options.frontDoorPort ? { port: options.frontDoorPort } : {}),
  });
  const push = createPushDispatcher({
    cloud: sandbox.cloud,
    idTokens: deployment.idTokens,
    requestLog: sandbox.requestLog,
    frontDoorPort: frontDoor.port,
    timeScale: 0.02,
  });
  const cookie = await signIn(frontDoor.url, estate.user);
  const metadata = await startMetadataServer({
    projectId: estate.projectId,
    projectNumber: estate.projectNumber,
    email: 'admin@example.com',
    idTokens: deployment.idTokens,
  });
  return {
    sandbox,
    estate,
    deployment,
    frontDoor,
    push,
    admin: createAdmin(sandbox.url, estate),
    cookie,
    cliEnv: {
      SALLYPORT_SANDBOX_URL: sandbox.url,
      GCE_METADATA_HOST: metadata.host,
      SALLYPORT_LEDGER: deployment.ledgerFile,
    },
    visit: (region) => askFrontDoor(frontDoor.port, { host: estate.host, cookie, 'x-sandbox-region': region }),
    async settled() {
      await deployment.delivery.idle();
      while (hasWorkSoon(sandbox)) await wait(20);
    },
    async stop() {
      await push.stop();
      await deployment.stop();
      await metadata.stop();
      await frontDoor.stop();
      await sandbox.stop();
    },
  };
}

/** Beyond this a task (ms) waits for a time, not for its turn. */
const soonMs = 8000;

function hasWorkSoon({ cloud }: Sandbox): boolean {
  const soon = cloud.now().getTime() + soonMs;
  return [...cloud.tasks.tasks.values()].some(({ scheduleTime }) => Date.parse(scheduleTime) < soon);
}

async function signIn(frontDoor: string, user: string): Promise<string> {
  const response = await fetch(`${frontDoor}/_sandbox/sign-in?user=${encodeURIComponent(user)}`, {
    redirect: 'manual',
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (!cookie) throw new Error(`the front door issued no session: HTTP ${response.status}`);
  return cookie;
}

/** fetch does not let its caller choose the Host header, and the front door goes by it. */
function askFrontDoor(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end();
  });
}
