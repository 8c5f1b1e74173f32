import type { Caller } from '../api.ts';
import { deployRunService } from '../apis/run/run-deploy.ts';
import type { Cloud } from '../cloud.ts';
import { nextEtag } from '../iam.ts';
import { type ArticleNames, buildArticleNames } from './article-names.ts';
import { insertCompute } from './insert-compute.ts';
import { buildSallyportAccounts, type SallyportAccounts } from './sallyport-accounts.ts';
import { buildServiceBody } from './service-body.ts';

export interface ArticleOptions {
  /** Absent: the nice names. */
  readonly seed?: number;
  /** Puts the project into a folder of an organisation. */
  readonly organization?: boolean;
}

export interface ArticleEstate extends ArticleNames, SallyportAccounts {
  /** Policy keys above the project, nearest first: `folders/…`, `organizations/…`; empty without organisation. */
  readonly ancestors: readonly string[];
  readonly backend: string;
  /** Numeric id of the backend service, as `iap_web` names it. */
  readonly backendId: string;
  /** Policy key of the backend at IAP. */
  readonly iapResource: string;
  /** Names of the serverless NEGs by region; also how the one of the third region should be called. */
  readonly negs: Readonly<Record<string, string>>;
  readonly urlMap: string;
  readonly targetProxy: string;
  readonly certificate: string;
  readonly forwardingRule: string;
  /** Somebody whom IAP lets in. */
  readonly user: string;
  /** `serviceAccount:service-NUMBER@gcp-sa-iap.iam.gserviceaccount.com`; does not exist until IAP is switched on. */
  readonly iapAgent: string;
}

const admin: Caller = { member: 'user:admin@example.com', email: 'admin@example.com' };

/**
 * Fills a cloud with the article's architecture: one service in two regions, shut to all but the load balancer and invoked
 * by nobody; serverless NEGs, one global backend service with IAP off, one HTTPS balancer for one host. No audit entry is
 * written of it. `user@example.com` is an IAP accessor of the backend already.
 */
export function buildArticleEstate(cloud: Cloud, options: ArticleOptions = {}): ArticleEstate {
  const names = buildArticleNames(options.seed);
  const ancestors = addProject(cloud, names, options.organization ?? false);
  const accounts = buildSallyportAccounts(cloud, names.projectId, ancestors);
  const { projectId: project, service } = names;
  for (const region of names.regions) {
    deployRunService(cloud, {
      place: { project, region, service },
      sent: buildServiceBody({ service, region }),
      caller: admin,
    });
  }
  const estate = {
    ...names,
    ...accounts,
    ancestors,
    ...buildBalancer(cloud, names),
    user: 'user@example.com',
    iapAgent: `serviceAccount:service-${names.projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`,
  };
  cloud.policies.set(estate.iapResource, {
    version: 1,
    etag: nextEtag(),
    bindings: [{ role: 'roles/iap.httpsResourceAccessor', members: [`user:${estate.user}`] }],
  });
  return estate;
}

function addProject(cloud: Cloud, { projectId, projectNumber }: ArticleNames, isInOrganization: boolean): string[] {
  const ancestors = isInOrganization ? ['folders/314159265358', 'organizations/271828182845'] : [];
  const [folder, organization] = ancestors;
  if (organization !== undefined) cloud.folders.set(organization, { name: organization, displayName: 'example.com' });
  if (folder !== undefined && organization !== undefined) {
    cloud.folders.set(folder, { name: folder, displayName: 'production', parent: organization });
  }
  cloud.projects.set(projectId, {
    projectId,
    projectNumber,
    displayName: projectId,
    createTime: cloud.now().toISOString(),
    ...(folder === undefined ? {} : { parent: folder }),
  });
  cloud.serviceAccounts.add(`${projectNumber}-compute@developer.gserviceaccount.com`);
  for (const key of [`projects/${projectId}`, ...ancestors]) {
    cloud.policies.set(key, {
      version: 1,
      etag: nextEtag(),
      bindings: [{ role: 'roles/owner', members: [admin.member] }],
    });
  }
  return ancestors;
}

function buildBalancer(cloud: Cloud, { projectId, service, host, regions, thirdRegion }: ArticleNames) {
  const insert = (collection: string, body: Record<string, unknown>, region?: string) =>
    insertCompute(cloud, { project: projectId, collection, body, region, caller: admin });
  const negs = Object.fromEntries([...regions, thirdRegion].map((region) => [region, `${service}-neg-${region}`]));
  const groups = regions.map((region) => {
    const body = { name: negs[region], networkEndpointType: 'SERVERLESS', cloudRun: { service } };
    return insert('networkEndpointGroups', body, region).selfLink;
  });
  const backend = insert('backendServices', {
    name: `${service}-backend`,
    protocol: 'HTTPS',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    backends: groups.map((group) => ({ group })),
  });
  const certificate = insert('sslCertificates', {
    name: `${service}-cert`,
    type: 'MANAGED',
    managed: { domains: [host] },
  });
  const urlMap = insert('urlMaps', { name: `${service}-map`, defaultService: backend.selfLink });
  const targetProxy = insert('targetHttpsProxies', {
    name: `${service}-proxy`,
    urlMap: urlMap.selfLink,
    sslCertificates: [certificate.selfLink],
  });
  const forwardingRule = insert('forwardingRules', {
    name: `${service}-https`,
    target: targetProxy.selfLink,
    portRange: '443',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
  });
  const project = cloud.projects.get(projectId);
  return {
    negs,
    backend: backend.name,
    backendId: backend.id,
    iapResource: `projects/${project?.projectNumber}/iap_web/compute/services/${backend.id}`,
    certificate: certificate.name,
    urlMap: urlMap.name,
    targetProxy: targetProxy.name,
    forwardingRule: forwardingRule.name,
  };
}
