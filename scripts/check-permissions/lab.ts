import { createGoogleClients, type GoogleClients } from '../../functions/adapters/google-clients.ts';
import type { AccessToken } from '../../functions/adapters/metadata-token.ts';
import type { Logger } from '../../functions/core/world.ts';
import { buildAccessToken } from '../../sandbox/access-token.ts';
import { createIdTokens, type IdTokens } from '../../sandbox/id-token.ts';
import type { LoopbackServer } from '../../sandbox/loopback-server.ts';
import { startMetadataServer } from '../../sandbox/metadata-server.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { buildLabEstate, type LabEstate } from './lab-estate.ts';

/** One account's way into a local Google Cloud. */
export interface Actor {
  /** As `permissions.json` names it. */
  readonly account: string;
  readonly email: string;
  readonly token: AccessToken;
  readonly clients: GoogleClients;
  readonly log: Logger;
  /** What was logged as a warning or an error since the last `forget`. */
  readonly warnings: string[];
}

export interface Lab {
  readonly sandbox: Sandbox;
  readonly estate: LabEstate;
  /** Google's clients of this process are this account from now on. */
  become(account: string): Promise<Actor>;
  /** Takes one permission out of a role while `work` runs. */
  without<T>(role: string, permission: string, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

let idTokens: Promise<IdTokens> | undefined;

/** A local Google Cloud with everything in it that some permission is for. */
export async function openLab(): Promise<Lab> {
  const sandbox = await startSandbox();
  const estate = await buildLabEstate(sandbox.cloud);
  idTokens ??= createIdTokens();
  const tokens = await idTokens;
  const servers = new Map<string, LoopbackServer>();
  const actors = new Map<string, Actor>();
  const { projectId, projectNumber } = estate;
  return {
    sandbox,
    estate,
    async become(account) {
      const email = estate.accounts[account] ?? '';
      const server =
        servers.get(account) ?? (await startMetadataServer({ email, projectId, projectNumber, idTokens: tokens }));
      servers.set(account, server);
      const env = { SALLYPORT_SANDBOX_URL: sandbox.url, GCE_METADATA_HOST: server.host };
      // Google's libraries look nowhere else.
      Object.assign(process.env, env);
      const actor = actors.get(account) ?? buildActor(account, email, env);
      actors.set(account, actor);
      actor.warnings.length = 0;
      return actor;
    },
    async without(role, permission, work) {
      const held = sandbox.cloud.roles.get(role);
      if (!held) throw new Error(`there is no role ${role}`);
      sandbox.cloud.roles.set(
        role,
        held.filter((one) => one !== permission),
      );
      try {
        return await work();
      } finally {
        sandbox.cloud.roles.set(role, held);
      }
    },
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop()));
      await sandbox.stop();
    },
  };
}

function buildActor(account: string, email: string, env: Record<string, string>): Actor {
  const token = async () => buildAccessToken(email);
  const warnings: string[] = [];
  const keep = (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    warnings.push(`${String(fields['code'] ?? 'logged')}: ${message}`);
  };
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: keep,
    error: keep,
    child: () => log,
  };
  return { account, email, token, clients: createGoogleClients(env, token), log, warnings };
}
