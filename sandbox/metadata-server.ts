import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildAccessToken } from './access-token.ts';
import type { IdTokens } from './id-token.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

export interface MetadataServerOptions {
  /** The service account that a client of this port is. */
  readonly email: string;
  readonly projectId: string;
  readonly projectNumber: string;
  readonly idTokens: IdTokens;
  /** Default `us-central1`. */
  readonly region?: string;
  readonly port?: number;
}

/**
 * The metadata server of one service account, on a loopback port of its own: Google's client libraries log in unmodified
 * with `GCE_METADATA_HOST` set to the `host` of the answer.
 */
export function startMetadataServer(options: MetadataServerOptions): Promise<LoopbackServer> {
  return startLoopbackServer((request, response) => {
    answer(options, request).then(
      (reply) => send(response, reply),
      (cause: unknown) => send(response, { status: 500, type: 'text/html', body: String(cause) }),
    );
  }, options.port);
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const base = '/computeMetadata/v1';

async function answer(options: MetadataServerOptions, request: IncomingMessage): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://metadata.google.internal');
  if (url.pathname === '/') return text('computeMetadata/\n');
  if (request.headers['metadata-flavor'] !== 'Google') return refuse(403, 'Missing Metadata-Flavor:Google header.');
  if (!url.pathname.startsWith(base)) return refuse(404, 'The requested URL was not found on this server.');
  const path = url.pathname.slice(base.length).split('/').filter(Boolean);
  const account = path[0] === 'instance' && path[1] === 'service-accounts' ? path[2] : undefined;
  if (account === 'default' || account === options.email) {
    if (path[3] === 'token')
      return json({ access_token: buildAccessToken(options.email), expires_in: 3599, token_type: 'Bearer' });
    if (path[3] === 'identity') return mintIdentity(options, url.searchParams.get('audience'));
  }
  const found = path.reduce<unknown>((node, part) => (isTree(node) ? node[part] : undefined), buildTree(options));
  if (found === undefined) return refuse(404, 'The requested URL was not found on this server.');
  if (!isTree(found)) return url.searchParams.get('alt') === 'json' ? json(found) : text(String(found));
  return url.searchParams.get('recursive') === 'true' ? json(found) : text(list(found));
}

async function mintIdentity({ idTokens, email }: MetadataServerOptions, audience: string | null): Promise<Reply> {
  if (!audience) return refuse(400, 'non-empty audience parameter required');
  return text(await idTokens.mint({ email, audience }));
}

type Tree = Readonly<Record<string, unknown>>;

function buildTree({ email, projectId, projectNumber, region = 'us-central1' }: MetadataServerOptions): Tree {
  const account = { aliases: 'default', email, scopes: 'https://www.googleapis.com/auth/cloud-platform' };
  return {
    instance: {
      id: '8087716956832600000',
      region: `projects/${projectNumber}/regions/${region}`,
      zone: `projects/${projectNumber}/zones/${region}-1`,
      'service-accounts': { default: account, [email]: account },
    },
    project: { 'project-id': projectId, 'numeric-project-id': Number(projectNumber) },
  };
}

function isTree(node: unknown): node is Tree {
  return typeof node === 'object' && node !== null;
}

function list(tree: Tree): string {
  return Object.entries(tree)
    .map(([name, node]) => (isTree(node) ? `${name}/\n` : `${name}\n`))
    .join('');
}

function json(body: unknown): Reply {
  return { status: 200, type: 'application/json', body: JSON.stringify(body) };
}

function text(body: string): Reply {
  return { status: 200, type: 'application/text', body };
}

function refuse(status: number, sentence: string): Reply {
  return {
    status,
    type: 'text/html; charset=UTF-8',
    body: `<!DOCTYPE html><html><title>Error ${status}</title><p>${sentence}</p></html>\n`,
  };
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'metadata-flavor': 'Google',
    server: 'Metadata Server for Serverless',
  });
  response.end(reply.body);
}
