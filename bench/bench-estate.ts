import type { Caller } from '../sandbox/api.ts';
import { deployRunService } from '../sandbox/apis/run/run-deploy.ts';
import type { Cloud } from '../sandbox/cloud.ts';
import { insertCompute } from '../sandbox/estates/insert-compute.ts';
import { buildSallyportAccounts, type SallyportAccounts } from '../sandbox/estates/sallyport-accounts.ts';
import { buildServiceBody } from '../sandbox/estates/service-body.ts';
import { nextEtag } from '../sandbox/iam.ts';

export interface BenchEstate extends SallyportAccounts {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly services: readonly [BenchService, ...BenchService[]];
  /** The IAP service agent, as a member. */
  readonly agent: string;
}

export interface BenchService {
  readonly service: string;
  readonly region: string;
  /** `projects/P/locations/R/services/S`: its key in the sandbox's policies. */
  readonly key: string;
}

export interface BenchEstateOptions {
  readonly services: number;
  /** Whether the agent may invoke the service with this position already. */
  readonly isGranted: (position: number) => boolean;
  readonly projectId?: string;
}

/** As many as Cloud Run's larger users have. */
const regions = ['europe-west', 'us-central', 'us-east', 'asia-northeast'].flatMap((area) =>
  [1, 2, 3, 4, 5].map((number) => `${area}${number}`),
);
const admin: Caller = { member: 'user:admin@example.com', email: 'admin@example.com' };

/**
 * Fills a cloud with one project: so many services, up to twenty of them (one a region) behind each backend, IAP on, no client ID,
 * somebody's own binding in each policy. No audit entry is written of it.
 */
export function buildBenchEstate(cloud: Cloud, options: BenchEstateOptions): BenchEstate {
  const { projectId = 'bench-prod' } = options;
  const projectNumber = '412345678901';
  cloud.projects.set(projectId, {
    projectId,
    projectNumber,
    displayName: projectId,
    createTime: cloud.now().toISOString(),
  });
  cloud.serviceAccounts.add(`${projectNumber}-compute@developer.gserviceaccount.com`);
  setPolicy(cloud, `projects/${projectId}`, [{ role: 'roles/owner', members: [admin.member] }]);
  const accounts = buildSallyportAccounts(cloud, projectId, []);
  const agent = `serviceAccount:service-${projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`;
  const services = Array.from({ length: options.services }, (_, position) => {
    const region = regions[position % regions.length] ?? '';
    const service = `app-${Math.floor(position / regions.length)}`;
    deployRunService(cloud, {
      place: { project: projectId, region, service },
      sent: buildServiceBody({ service, region }),
      caller: admin,
    });
    const key = `projects/${projectId}/locations/${region}/services/${service}`;
    const members = options.isGranted(position) ? [agent] : [];
    setPolicy(cloud, key, [
      { role: 'roles/run.viewer', members: [admin.member] },
      ...(members.length > 0 ? [{ role: 'roles/run.invoker', members }] : []),
    ]);
    return { service, region, key };
  });
  buildBackends(cloud, projectId, services);
  const [first, ...others] = services;
  if (!first) throw new Error('an estate needs a service');
  return { ...accounts, projectId, projectNumber, services: [first, ...others], agent };
}

function buildBackends(cloud: Cloud, project: string, services: readonly BenchService[]): void {
  const insert = (collection: string, body: Record<string, unknown>, region?: string) =>
    insertCompute(cloud, { project, collection, body, region, caller: admin });
  for (const name of new Set(services.map(({ service }) => service))) {
    const groups = services
      .filter(({ service }) => service === name)
      .map(({ service, region }) => {
        const body = { name: `${service}-neg`, networkEndpointType: 'SERVERLESS', cloudRun: { service } };
        return insert('networkEndpointGroups', body, region).selfLink;
      });
    insert('backendServices', {
      name: `${name}-backend`,
      protocol: 'HTTPS',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      backends: groups.map((group) => ({ group })),
      iap: { enabled: true },
    });
  }
}

function setPolicy(cloud: Cloud, key: string, bindings: { role: string; members: string[] }[]): void {
  cloud.policies.set(key, { version: 1, etag: nextEtag(), bindings });
}
