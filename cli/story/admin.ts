import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { buildServiceBody } from '../../sandbox/estates/service-body.ts';

/** What the platform's administrator does in the story: the same requests that gcloud sends. */
export interface Admin {
  switchIapOn(): Promise<void>;
  /** Deploys the service in a further region and puts it behind the balancer. */
  addRegion(region: string): Promise<void>;
  deployRevision(region: string): Promise<void>;
  /** Takes every run.invoker grant off the service in one region. */
  removeGrants(region: string): Promise<void>;
  /** Makes a topic, and a subscription that pushes to an endpoint as an account; without audience it is Pub/Sub's default. */
  addPush(push: PushToAdd): Promise<void>;
  /** Publishes one message; its id. */
  publish(topic: string): Promise<string>;
  /** Members of run.invoker in one region. */
  invokers(region: string): Promise<readonly string[]>;
}

export interface PushToAdd {
  /** Of topic and subscription. */
  readonly name: string;
  readonly endpoint: string;
  readonly account: string;
  readonly audience?: string | undefined;
}

interface Policy {
  readonly etag?: string;
  readonly bindings?: readonly { readonly role: string; readonly members?: readonly string[] }[];
}

interface Backend {
  readonly fingerprint: string;
  readonly backends?: readonly { readonly group: string }[];
}

const role = 'roles/run.invoker';

export function createAdmin(url: string, estate: ArticleEstate): Admin {
  const { projectId: project, service } = estate;
  const backend = `/compute/v1/projects/${project}/global/backendServices/${estate.backend}`;
  const serviceIn = (region: string) => `/v1/projects/${project}/locations/${region}/services/${service}`;

  return {
    async switchIapOn() {
      const { fingerprint } = await call<Backend>('GET', backend);
      const iap = { enabled: true, oauth2ClientId: estate.clientId, oauth2ClientSecret: 'story-secret' };
      await call('PATCH', backend, { fingerprint, iap });
    },
    async addRegion(region) {
      const body = buildServiceBody({ service, region });
      await call('POST', `/v1/projects/${project}/locations/${region}/services`, body);
      const neg = estate.negs[region];
      const negs = `/compute/v1/projects/${project}/regions/${region}/networkEndpointGroups`;
      await call('POST', negs, { name: neg, networkEndpointType: 'SERVERLESS', cloudRun: { service } });
      const { fingerprint, backends = [] } = await call<Backend>('GET', backend);
      const { selfLink: group } = await call<{ selfLink: string }>('GET', `${negs}/${neg}`);
      await call('PATCH', backend, { fingerprint, backends: [...backends, { group }] });
    },
    async deployRevision(region) {
      const body = buildServiceBody({ service, region, environment: { RELEASE: 'two' } });
      await call('PUT', serviceIn(region), body);
    },
    async removeGrants(region) {
      const before = await call<Policy>('GET', `${serviceIn(region)}:getIamPolicy?options.requestedPolicyVersion=3`);
      const bindings = (before.bindings ?? []).filter((binding) => binding.role !== role);
      await call('POST', `${serviceIn(region)}:setIamPolicy`, { policy: { ...before, bindings } });
    },
    async addPush({ name, endpoint, account, audience }) {
      const topic = `projects/${project}/topics/${name}`;
      await call('PUT', `/v1/${topic}`, {});
      const oidcToken = { serviceAccountEmail: account, ...(audience === undefined ? {} : { audience }) };
      await call('PUT', `/v1/projects/${project}/subscriptions/${name}`, {
        topic,
        pushConfig: { pushEndpoint: endpoint, oidcToken },
        retryPolicy: { minimumBackoff: '10s', maximumBackoff: '60s' },
      });
    },
    async publish(topic) {
      const messages = [{ data: Buffer.from('an order').toString('base64') }];
      const path = `/v1/projects/${project}/topics/${topic}:publish`;
      const { messageIds } = await call<{ messageIds: readonly string[] }>('POST', path, { messages });
      return messageIds[0] ?? '';
    },
    async invokers(region) {
      const policy = await call<Policy>('GET', `${serviceIn(region)}:getIamPolicy?options.requestedPolicyVersion=3`);
      return (policy.bindings ?? []).filter((binding) => binding.role === role).flatMap(({ members = [] }) => members);
    },
  };

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: 'Bearer story-admin', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}
