import permissions from '../../infra/permissions.json' with { type: 'json' };
import type { Caller } from '../api.ts';
import { deployRunService } from '../apis/run/run-deploy.ts';
import { buildRunUrls } from '../apis/run/run-urls.ts';
import type { Cloud } from '../cloud.ts';
import { nextEtag } from '../iam.ts';
import type { ArticleEstate } from './article-estate.ts';
import { insertCompute } from './insert-compute.ts';
import { buildServiceBody } from './service-body.ts';

export interface WebhookEstate {
  readonly service: string;
  readonly host: string;
  readonly backend: string;
  /** The run.app URL of each region. */
  readonly urls: Readonly<Record<string, string>>;
  /** E-mail of the account that may push: an invoker in both regions. */
  readonly pusher: string;
}

const admin: Caller = { member: 'user:admin@example.com', email: 'admin@example.com' };
const actAs = permissions.roles.namePushAccount;

/**
 * Adds to the article's estate a service for webhooks in both regions behind a balancer of its own without IAP, and an account
 * that pushes; Sallyport may name that account, as where `push_service_accounts` lists it. No audit entry is written of it.
 */
export function buildWebhookEstate(cloud: Cloud, article: ArticleEstate): WebhookEstate {
  const { projectId: project, projectNumber, regions } = article;
  const service = 'hooks';
  const host = article.host.replace(/^[^.]+/, service);
  const pusher = `orders-push@${project}.iam.gserviceaccount.com`;
  cloud.serviceAccounts.add(pusher);
  const named = `projects/${project}/roles/${actAs.id}`;
  cloud.roles.set(named, Object.keys(actAs.permissions));
  bind(cloud, `projects/${project}/serviceAccounts/${pusher}`, {
    role: named,
    members: [`serviceAccount:${article.capabilityAccounts['set-push-audience']}`],
  });
  for (const region of regions) {
    deployRunService(cloud, {
      place: { project, region, service },
      sent: buildServiceBody({ service, region }),
      caller: admin,
    });
    bind(cloud, `projects/${project}/locations/${region}/services/${service}`, {
      role: 'roles/run.invoker',
      members: [`serviceAccount:${pusher}`],
    });
  }
  const urls = regions.map((region) => [region, buildRunUrls({ project, region, service }, projectNumber).named]);
  return {
    service,
    host,
    pusher,
    urls: Object.fromEntries(urls),
    backend: buildBalancer(cloud, article, { service, host }),
  };
}

function buildBalancer(
  cloud: Cloud,
  { projectId: project, regions }: ArticleEstate,
  { service, host }: Pick<WebhookEstate, 'service' | 'host'>,
): string {
  const insert = (collection: string, body: Record<string, unknown>, region?: string) =>
    insertCompute(cloud, { project, collection, body, region, caller: admin });
  const negs = regions.map((region) => {
    const body = { name: `${service}-neg-${region}`, networkEndpointType: 'SERVERLESS', cloudRun: { service } };
    return insert('networkEndpointGroups', body, region);
  });
  const backend = insert('backendServices', {
    name: `${service}-backend`,
    protocol: 'HTTPS',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    backends: negs.map(({ selfLink: group }) => ({ group })),
  });
  const managed = { domains: [host] };
  const certificate = insert('sslCertificates', { name: `${service}-cert`, type: 'MANAGED', managed });
  const urlMap = insert('urlMaps', { name: `${service}-map`, defaultService: backend.selfLink });
  const proxy = insert('targetHttpsProxies', {
    name: `${service}-proxy`,
    urlMap: urlMap.selfLink,
    sslCertificates: [certificate.selfLink],
  });
  insert('forwardingRules', {
    name: `${service}-https`,
    target: proxy.selfLink,
    portRange: '443',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
  });
  return backend.name;
}

function bind(cloud: Cloud, key: string, binding: { role: string; members: string[] }): void {
  const policy = cloud.policies.get(key) ?? { version: 1, etag: nextEtag() };
  cloud.policies.set(key, { ...policy, bindings: [...(policy.bindings ?? []), binding] });
}
