import { buildCloud } from '../../../sandbox/build-cloud.ts';
import type { Cloud, RunServiceRecord } from '../../../sandbox/cloud.ts';

export const clientId = '111-web.apps.googleusercontent.com';
export const agent = 'serviceAccount:service-111@gcp-sa-iap.iam.gserviceaccount.com';
export const backendResource = 'projects/111/iap_web/compute/services/5001';

/** The hosts of the estate by what is behind them. */
export const hosts = {
  /** Behind IAP; `shop` in europe-west1 and us-central1; alice may use it. */
  iap: 'shop.example.com',
  /** `api` in the same regions, no IAP. */
  open: 'api.example.com',
  /** `api`'s own URL in europe-west1. */
  run: 'api-111.europe-west1.run.app',
  /** `shop`'s own URL in europe-west1. */
  shopRun: 'shop-111.europe-west1.run.app',
} as const;

/**
 * Two services in two regions, written down by hand: `shop` behind IAP, whose agent may invoke it in europe-west1 but not in
 * us-central1; `api` without IAP, invoked by robot@p1 only. Project p1 (111) is in folders/8 of organizations/9.
 */
export function buildTwoDoorEstate(iam: 'today' | '2021'): Cloud {
  const { cloud } = buildCloud({ iam });
  cloud.folders.set('organizations/9', { name: 'organizations/9', displayName: 'example.com' });
  cloud.folders.set('folders/8', { name: 'folders/8', displayName: 'prod', parent: 'organizations/9' });
  cloud.projects.set('p1', {
    projectId: 'p1',
    projectNumber: '111',
    displayName: 'p1',
    parent: 'folders/8',
    createTime: '2026-01-01T00:00:00Z',
  });
  cloud.serviceAccounts.add(agent.slice('serviceAccount:'.length));
  for (const region of ['europe-west1', 'us-central1']) {
    addService(cloud, 'shop', region, 'internal-and-cloud-load-balancing');
    addService(cloud, 'api', region, 'all');
    bind(
      cloud,
      `projects/p1/locations/${region}/services/api`,
      'roles/run.invoker',
      'serviceAccount:robot@p1.iam.gserviceaccount.com',
    );
  }
  bind(cloud, 'projects/p1/locations/europe-west1/services/shop', 'roles/run.invoker', agent);
  addCompute(cloud, 'global', 'backendServices', 'shop-backend', {
    id: '5001',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    iap: { enabled: true, oauth2ClientId: clientId },
    backends: [
      { group: link('regions/europe-west1', 'networkEndpointGroups', 'shop-neg') },
      { group: link('regions/us-central1', 'networkEndpointGroups', 'shop-neg') },
    ],
  });
  addCompute(cloud, 'global', 'backendServices', 'api-backend', {
    id: '5002',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    backends: [
      { group: link('regions/europe-west1', 'networkEndpointGroups', 'api-neg') },
      { group: link('regions/us-central1', 'networkEndpointGroups', 'api-neg') },
    ],
  });
  addCompute(cloud, 'global', 'urlMaps', 'map', {
    defaultService: link('global', 'backendServices', 'shop-backend'),
    hostRules: [{ hosts: [hosts.open], pathMatcher: 'api' }],
    pathMatchers: [
      {
        name: 'api',
        defaultService: link('global', 'backendServices', 'api-backend'),
        pathRules: [
          { paths: ['/shop', '/shop/*'], service: link('global', 'backendServices', 'shop-backend') },
          { paths: ['/shop/public/*'], service: link('global', 'backendServices', 'api-backend') },
        ],
      },
    ],
  });
  addCompute(cloud, 'global', 'sslCertificates', 'cert', { managed: { domains: [hosts.iap] } });
  addCompute(cloud, 'global', 'targetHttpsProxies', 'proxy', {
    urlMap: link('global', 'urlMaps', 'map'),
    sslCertificates: [link('global', 'sslCertificates', 'cert')],
  });
  addCompute(cloud, 'global', 'forwardingRules', 'rule', { target: link('global', 'targetHttpsProxies', 'proxy') });
  bind(cloud, backendResource, 'roles/iap.httpsResourceAccessor', 'user:alice@example.com');
  return cloud;
}

function addService(cloud: Cloud, name: string, region: string, ingress: string): void {
  const record: RunServiceRecord = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: '111',
      labels: { 'cloud.googleapis.com/location': region },
      annotations: {
        'run.googleapis.com/ingress': ingress,
        'run.googleapis.com/urls': JSON.stringify([`https://${name}-111.${region}.run.app`]),
      },
    },
    spec: {},
    status: { url: `https://${name}-111.${region}.run.app`, latestReadyRevisionName: `${name}-00001-abc` },
  };
  cloud.runServices.set(`projects/p1/locations/${region}/services/${name}`, record);
  addCompute(cloud, `regions/${region}`, 'networkEndpointGroups', `${name}-neg`, {
    networkEndpointType: 'SERVERLESS',
    cloudRun: { service: name },
  });
}

export function annotate(cloud: Cloud, service: string, name: string, value: string): void {
  const record = cloud.runServices.get(`projects/p1/locations/${service}`);
  if (!record) throw new Error(`no service ${service}`);
  record.metadata.annotations[`run.googleapis.com/${name}`] = value;
}

/** Changes fields of a global Compute resource. */
export function change(cloud: Cloud, name: string, fields: Record<string, unknown>): void {
  const key = `projects/p1/global/${name}`;
  const record = cloud.compute.get(key);
  if (!record) throw new Error(`no ${key}`);
  cloud.compute.set(key, { ...record, ...fields });
}

export function addCompute(
  cloud: Cloud,
  scope: string,
  collection: string,
  name: string,
  fields: Record<string, unknown>,
): void {
  const record = { name, id: String(cloud.compute.size + 1), selfLink: link(scope, collection, name), ...fields };
  cloud.compute.set(`projects/p1/${scope}/${collection}/${name}`, record);
}

function link(scope: string, collection: string, name: string): string {
  return `https://www.googleapis.com/compute/v1/projects/p1/${scope}/${collection}/${name}`;
}

export function bind(cloud: Cloud, key: string, role: string, member: string, condition?: string): void {
  const policy = cloud.policies.get(key) ?? { etag: 'AAAA' };
  const binding = {
    role,
    members: [member],
    ...(condition === undefined ? {} : { condition: { expression: condition, title: 't' } }),
  };
  cloud.policies.set(key, { ...policy, bindings: [...(policy.bindings ?? []), binding] });
}

export function unbind(cloud: Cloud, key: string): void {
  cloud.policies.delete(key);
}
