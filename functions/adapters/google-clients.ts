import type { ProjectsClient } from '@google-cloud/resource-manager';
import type { GoogleAuth } from 'google-auth-library';
import type { cloudresourcemanager_v1 } from 'googleapis/build/src/apis/cloudresourcemanager/v1.js';
import type { cloudresourcemanager_v3 } from 'googleapis/build/src/apis/cloudresourcemanager/v3.js';
import type { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import type { iam_v1 } from 'googleapis/build/src/apis/iam/v1.js';
import type { iap_v1 } from 'googleapis/build/src/apis/iap/v1.js';
import type { pubsub_v1 } from 'googleapis/build/src/apis/pubsub/v1.js';
import type { run_v1 } from 'googleapis/build/src/apis/run/v1.js';
import type { run_v2 } from 'googleapis/build/src/apis/run/v2.js';
import type { serviceusage_v1beta1 } from 'googleapis/build/src/apis/serviceusage/v1beta1.js';
import type { storage_v1 } from 'googleapis/build/src/apis/storage/v1.js';
import { apiRoot, type GoogleApi } from './api-root.ts';
import type { LogClient } from './audit-log-reader.ts';
import { createGoogleAuth } from './google-auth.ts';
import type { AccessToken } from './metadata-token.ts';
import { sendRequest } from './send-request.ts';

type Environment = Record<string, string | undefined>;

/** Google's API clients, each loaded and made on first use (DESIGN 11). */
export interface GoogleClients {
  run(): Promise<run_v1.Run>;
  /** Only for updates of services. */
  runV2(): Promise<run_v2.Run>;
  serviceUsage(): Promise<serviceusage_v1beta1.Serviceusage>;
  /** Only for reports: it uploads with Node's own fetch, so not with `token`. */
  storage(): Promise<storage_v1.Storage>;
  compute(): Promise<compute_v1.Compute>;
  iam(): Promise<iam_v1.Iam>;
  iap(): Promise<iap_v1.Iap>;
  pubsub(): Promise<pubsub_v1.Pubsub>;
  resourceManagerV1(): Promise<cloudresourcemanager_v1.Cloudresourcemanager>;
  resourceManagerV3(): Promise<cloudresourcemanager_v3.Cloudresourcemanager>;
  projects(): Promise<ProjectsClient>;
  logging(): Promise<LogClient>;
}

/**
 * All clients share one login and go where `apiRoot` says. Their own retries are off: `withRetry` is the only place that
 * repeats. With `token`, which a function has from its metadata server, the REST clients log in by it, and the library
 * that knows all other ways to log in is not loaded: a cold start is a tenth shorter.
 */
export function createGoogleClients(env: Environment = process.env, token?: AccessToken): GoogleClients {
  const login = once(() => createGoogleAuth(env));
  const options = async (api: GoogleApi) => ({
    rootUrl: `${apiRoot(api, env)}/`,
    retry: false,
    timeout: 30_000,
    ...(token ? { fetchImplementation: fetchWith(token) } : { auth: asNested(await login()), ...ownFetch(env) }),
  });
  const client = <Module, Client>(api: GoogleApi, load: () => Promise<Module>, make: Make<Module, Client>) =>
    once(async () => {
      const [module, given] = await Promise.all([load(), options(api)]);
      return make(module, given);
    });
  return {
    run: client(
      'run',
      () => import('googleapis/build/src/apis/run/v1.js'),
      (module, given) => new module.default.run_v1.Run(given),
    ),
    runV2: client(
      'run',
      () => import('googleapis/build/src/apis/run/v2.js'),
      (module, given) => new module.default.run_v2.Run(given),
    ),
    serviceUsage: client(
      'serviceusage',
      () => import('googleapis/build/src/apis/serviceusage/v1beta1.js'),
      (module, given) => new module.default.serviceusage_v1beta1.Serviceusage(given),
    ),
    storage: client(
      'storage',
      () => import('googleapis/build/src/apis/storage/v1.js'),
      (module, given) => new module.default.storage_v1.Storage(given),
    ),
    compute: client(
      'compute',
      () => import('googleapis/build/src/apis/compute/v1.js'),
      (module, given) => new module.default.compute_v1.Compute(given),
    ),
    iam: client(
      'iam',
      () => import('googleapis/build/src/apis/iam/v1.js'),
      (module, given) => new module.default.iam_v1.Iam(given),
    ),
    iap: client(
      'iap',
      () => import('googleapis/build/src/apis/iap/v1.js'),
      (module, given) => new module.default.iap_v1.Iap(given),
    ),
    pubsub: client(
      'pubsub',
      () => import('googleapis/build/src/apis/pubsub/v1.js'),
      (module, given) => new module.default.pubsub_v1.Pubsub(given),
    ),
    resourceManagerV1: client(
      'cloudresourcemanager',
      () => import('googleapis/build/src/apis/cloudresourcemanager/v1.js'),
      (module, given) => new module.default.cloudresourcemanager_v1.Cloudresourcemanager(given),
    ),
    resourceManagerV3: client(
      'cloudresourcemanager',
      () => import('googleapis/build/src/apis/cloudresourcemanager/v3.js'),
      (module, given) => new module.default.cloudresourcemanager_v3.Cloudresourcemanager(given),
    ),
    projects: once(async () => createProjectsClient(await login(), env)),
    logging: once(async () => createLogClient(await login(), env)),
  };
}

/** Node's own fetch keeps connections and takes half the time of the clients' default, but knows no proxy. */
function ownFetch(env: Environment): { fetchImplementation?: typeof fetch } {
  const hasProxy = Object.entries(env).some(([name, value]) => /^https?_proxy$/i.test(name) && value);
  return hasProxy ? {} : { fetchImplementation: fetch };
}

/** As much of fetch as the REST clients use, by Node's http module: starting fetch itself takes a cold start another tenth. */
function fetchWith(token: AccessToken): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${await token()}`);
    const { status, text, contentType } = await sendRequest({
      method: init?.method ?? 'GET',
      url: String(input),
      headers: Object.fromEntries(headers),
      timeoutMs: 30_000,
      ...(typeof init?.body === 'string' ? { body: init.body } : {}),
    });
    return new Response(text === '' ? null : text, { status, headers: { 'content-type': contentType } });
  };
}

/** Modules are used by their default export: a bundler that splits CommonJS into files of their own keeps no other. */
type Make<Module, Client> = (
  module: Module,
  options: { auth?: never; rootUrl: string; retry: boolean; timeout: number },
) => Client;

/** In REST mode, which loads faster than gRPC; the client's own file, because the package's root loads six more. */
async function createProjectsClient(auth: GoogleAuth, env: Environment): Promise<ProjectsClient> {
  const { default: manager } = await import('@google-cloud/resource-manager/build/src/v3/projects_client.js');
  return new manager.ProjectsClient(await restMode(auth, apiRoot('cloudresourcemanager', env)));
}

/** In REST mode too: it is what the sandbox speaks, and the client is taught to read audit entries in it. */
async function createLogClient(auth: GoogleAuth, env: Environment): Promise<LogClient> {
  const [{ default: library }, { teachAuditLog }] = await Promise.all([
    import('@google-cloud/logging'),
    import('./audit-log-type.ts'),
  ]);
  const client = new library.v2.LoggingServiceV2Client(await restMode(auth, apiRoot('logging', env)));
  return {
    listLogEntries: (request, options) => client.listLogEntries(request, options),
    readPayload: teachAuditLog(client),
  };
}

async function restMode(auth: GoogleAuth, apiRoot: string) {
  const root = new URL(apiRoot);
  const isHttp = root.protocol === 'http:';
  return {
    fallback: true,
    authClient: asNested(await auth.getClient()),
    protocol: root.protocol.slice(0, -1),
    apiEndpoint: root.hostname,
    port: Number(root.port) || (isHttp ? 80 : 443),
  };
}

/** Each Google package brings its own copy of google-auth-library; the classes are the same, their private types are not. */
function asNested(auth: unknown): never {
  return auth as never;
}

/** Made once, for all callers; a failure is not kept, so that the next caller tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
