import { createGoogleClients, type GoogleClients } from '../../functions/adapters/google-clients.ts';
import type { RetryTiming } from '../../functions/adapters/with-retry.ts';
import { type ArticleEstate, type ArticleOptions, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { createIdTokens } from '../../sandbox/id-token.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/start-sandbox.ts';

export interface SandboxGoogle {
  readonly sandbox: Sandbox;
  readonly estate: ArticleEstate;
  /** Google's real clients, logged in as Sallyport's reconcile account. */
  readonly clients: GoogleClients;
  /** Discovery ids of the API calls since the last `forgetCalls`, in order. */
  calls(): string[];
  forgetCalls(): void;
  stop(): Promise<void>;
}

/** The article's estate in a local Google Cloud, and clients that log in to it by its metadata server. */
export async function startSandboxGoogle(options: SandboxOptions & ArticleOptions = {}): Promise<SandboxGoogle> {
  const sandbox = await startSandbox(options);
  const estate = buildArticleEstate(sandbox.cloud, options);
  const metadata = await startMetadataServer({
    email: estate.reconcileAccount,
    projectId: estate.projectId,
    projectNumber: estate.projectNumber,
    idTokens: await createIdTokens(),
  });
  const before = { ...process.env };
  process.env['SALLYPORT_SANDBOX_URL'] = sandbox.url;
  process.env['GCE_METADATA_HOST'] = metadata.host;
  let from = 0;
  return {
    sandbox,
    estate,
    clients: createGoogleClients(),
    calls: () => sandbox.requestLog.rows.slice(from).map(({ method, url }) => method || `? ${url}`),
    forgetCalls() {
      from = sandbox.requestLog.rows.length;
    },
    async stop() {
      process.env = before;
      await metadata.stop();
      await sandbox.stop();
    },
  };
}

/** Real waits, a hundredth as long. */
export const quickTiming: RetryTiming = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 100)),
  random: Math.random,
  now: () => performance.now(),
};
