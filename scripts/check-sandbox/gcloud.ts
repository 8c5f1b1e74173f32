import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAccessToken } from '../../sandbox/access-token.ts';

export interface GcloudResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A gcloud with a configuration of its own, whose only way out is the sandbox on `port` as its HTTP proxy. */
export interface Gcloud {
  /** `account` is who the sandbox sees: what a command asked for is found again in the request log by it. */
  run(args: readonly string[], account: string): Promise<GcloudResult>;
  close(): void;
}

const apis = [
  ...['run', 'pubsub', 'iap', 'cloudresourcemanager', 'serviceusage', 'cloudasset'],
  ...['cloudscheduler', 'workflows', 'workflowexecutions'],
];
const timeoutMs = 90_000;

/** The version line of the gcloud on PATH; undefined when there is none. */
export function findGcloud(): string | undefined {
  const { status, stdout } = spawnSync('gcloud', ['--version'], { encoding: 'utf8', timeout: timeoutMs });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/** Whether gcloud's beta commands can be run. */
export function hasBetaCommands(): boolean {
  return spawnSync('gcloud', ['beta', '--help'], { stdio: 'ignore', timeout: timeoutMs }).status === 0;
}

export function openGcloud(options: { readonly port: number; readonly project: string }): Gcloud {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-gcloud-'));
  const tokenFile = join(directory, 'token');
  const env = buildEnvironment(directory, tokenFile, options);
  return {
    run(args, account) {
      writeFileSync(tokenFile, buildAccessToken(account));
      return runGcloud(args, env);
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Nothing of the caller's gcloud, credentials or proxies gets in. */
function buildEnvironment(
  directory: string,
  tokenFile: string,
  { port, project }: { port: number; project: string },
): Record<string, string> {
  const overrides = apis.map((api) => [
    `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`,
    `http://${api}.googleapis.com/`,
  ]);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    CLOUDSDK_CONFIG: directory,
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
    CLOUDSDK_SURVEY_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_CHECK_GCE_METADATA: '0',
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: tokenFile,
    CLOUDSDK_PROXY_TYPE: 'http',
    CLOUDSDK_PROXY_ADDRESS: '127.0.0.1',
    CLOUDSDK_PROXY_PORT: String(port),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: 'http://compute.googleapis.com/compute/v1/',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: 'http://storage.googleapis.com/storage/v1/',
    ...Object.fromEntries(overrides),
  };
}

function runGcloud(args: readonly string[], env: Record<string, string>): Promise<GcloudResult> {
  const started = performance.now();
  const child = spawn('gcloud', [...args], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code: code ?? 1, stdout, stderr, ms: Math.round(performance.now() - started) }),
    );
  });
}
