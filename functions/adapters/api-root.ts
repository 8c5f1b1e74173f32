import { TerminalError } from '../errors.ts';

/** Google APIs that are called by REST; the host is `<name>.googleapis.com`. */
export type GoogleApi =
  | 'cloudresourcemanager'
  | 'cloudscheduler'
  | 'cloudtasks'
  | 'compute'
  | 'eventarc'
  | 'iam'
  | 'iap'
  | 'logging'
  | 'pubsub'
  | 'run'
  | 'serviceusage'
  | 'storage'
  | 'workflowexecutions'
  | 'workflows';

type Environment = Record<string, string | undefined>;

/**
 * Where an API is reached, without a slash at the end: Google, or the local Google Cloud when `SALLYPORT_SANDBOX_URL`
 * is set. All of Sallyport asks here, so that one variable moves every call. Throws `sandbox-not-loopback`.
 */
export function apiRoot(api: GoogleApi, env: Environment = process.env): string {
  return enterSandbox(env) ?? `https://${api}.googleapis.com`;
}

/**
 * The sandbox's URL when one is set, else undefined. A process with a sandbox can reach nothing but this machine:
 * another host is refused, and credentials and proxies are taken out of `env` before any client can read them (DESIGN 6.12).
 * To be called before the first Google client is made. Throws `sandbox-not-loopback`.
 */
export function enterSandbox(env: Environment = process.env): string | undefined {
  const url = env['SALLYPORT_SANDBOX_URL'];
  if (url === undefined || url === '') return undefined;
  const { host } = parseLoopback('SALLYPORT_SANDBOX_URL', url);
  for (const name of ['GCE_METADATA_HOST', 'GCE_METADATA_IP']) {
    const metadata = env[name];
    if (metadata) parseLoopback(name, metadata.includes('://') ? metadata : `http://${metadata}`);
  }
  forgetCredentials(env);
  // Without these two, clients would ask the real metadata address, or log in with gcloud's own file in the home folder.
  env['GCE_METADATA_HOST'] ||= env['GCE_METADATA_IP'] ?? host;
  env['CLOUDSDK_CONFIG'] = '/dev/null';
  return url.replace(/\/+$/, '');
}

/** Takes credentials and proxies out of `env`, and out of this process: what runs in it stays on this machine. */
export function forgetCredentials(env: Environment = process.env): void {
  if (env['NODE_USE_ENV_PROXY'] || process.execArgv.includes('--use-env-proxy')) forgetProxies(env);
  for (const name of Object.keys(env)) {
    if (leadsOutside(name)) delete env[name];
  }
}

/** Node took the proxies up when it started: its agents are replaced, and fetch still asks no_proxy whom to spare. */
function forgetProxies(env: Environment): void {
  const [http, https] = [process.getBuiltinModule('node:http'), process.getBuiltinModule('node:https')];
  http.globalAgent = new http.Agent();
  https.globalAgent = new https.Agent();
  env['no_proxy'] = '*';
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A URL of this machine over http. Throws `sandbox-not-loopback`. */
export function parseLoopback(variable: string, url: string): URL {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'http:' && loopback.has(parsed.hostname)) return parsed;
  throw new TerminalError(
    'sandbox-not-loopback',
    `${variable} is ${JSON.stringify(url)}: a sandbox run may only reach this machine over http.`,
    { hint: `Set ${variable} to http://127.0.0.1:PORT, or unset SALLYPORT_SANDBOX_URL to work on Google Cloud.` },
  );
}

const credentials = new Set([
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_API_KEY',
  'GOOGLE_CREDENTIALS',
  'GOOGLE_CLOUD_API_KEY',
  'GOOGLE_CLOUD_CREDENTIALS',
  'GOOGLE_CLOUD_KEYFILE_JSON',
  'GOOGLE_CLOUD_QUOTA_PROJECT',
  'GOOGLE_IMPERSONATE_SERVICE_ACCOUNT',
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'GCLOUD_KEYFILE_JSON',
]);

function leadsOutside(name: string): boolean {
  return credentials.has(name.toUpperCase()) || /(?<!^no)_proxy$/i.test(name) || /^CLOUDSDK_AUTH_/.test(name);
}
