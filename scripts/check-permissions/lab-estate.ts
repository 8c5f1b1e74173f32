import permissions from '../../infra/permissions.json' with { type: 'json' };
import type { Caller } from '../../sandbox/api.ts';
import { deployRunService } from '../../sandbox/apis/run/run-deploy.ts';
import type { Cloud, StoredPolicy } from '../../sandbox/cloud.ts';
import { putDeadLetters } from '../../sandbox/deploy/put-events-side.ts';
import { type ArticleEstate, buildArticleEstate } from '../../sandbox/estates/article-estate.ts';
import { insertCompute } from '../../sandbox/estates/insert-compute.ts';
import { buildServiceBody } from '../../sandbox/estates/service-body.ts';
import { nextEtag } from '../../sandbox/iam.ts';
import { buildQueue } from '../../sandbox/task-store.ts';
import { deployWorkflow } from '../../sandbox/workflows/deploy-workflow.ts';

export interface LabEstate extends ArticleEstate {
  readonly pusher: string;
  readonly queue: string;
  readonly workflow: string;
  readonly bucket: string;
  readonly deadLetterTopic: string;
  /** Policy key of a service: `projects/P/locations/R/services/S`. */
  serviceKey(region: string): string;
}

export const admin: Caller = { member: 'user:admin@example.com', email: 'admin@example.com' };
const otherProject = 'lab-shared';
const roles: Readonly<Record<string, { readonly id: string; readonly on: string }>> = permissions.roles;
const accounts: Readonly<Record<string, { readonly holds: readonly string[] }>> = permissions.accounts;

/**
 * The article's architecture below a folder and an organisation, with IAP on; its backend also leads to a service in
 * another project that is in scope; a custom role at IAP's agent; a push subscription; queue, topic, bucket and workflow.
 */
export async function buildLabEstate(cloud: Cloud): Promise<LabEstate> {
  const estate = buildArticleEstate(cloud, { seed: 11, organization: true });
  const { projectId } = estate;
  cloud.serviceAccounts.add(estate.iapAgent.replace('serviceAccount:', ''));
  const backend = backendOf(cloud, estate);
  backend['iap'] = { enabled: true, oauth2ClientId: estate.clientId };
  addOtherProject(cloud, estate);
  addCustomRole(cloud, estate);
  const pusher = `push@${projectId}.iam.gserviceaccount.com`;
  cloud.serviceAccounts.add(pusher);
  bindAccounts(cloud, 'push-accounts', `projects/${projectId}/serviceAccounts/${pusher}`, projectId);
  const place = `projects/${projectId}/locations/us-central1`;
  const queue = `${place}/queues/sallyport`;
  cloud.tasks.queues.set(queue, buildQueue(queue));
  const workflow = `${place}/workflows/sallyport-approval`;
  await deployWorkflow(cloud, {
    name: workflow,
    source: 'main:\n  steps:\n    - end:\n        return: "done"\n',
    serviceAccount: estate.accounts['sallyport-workflows'] ?? '',
    env: {},
  });
  const bucket = `${projectId}-sallyport-reports`;
  addBucket(cloud, bucket, estate);
  const deadLetterTopic = putDeadLetters(cloud, projectId);
  const lab: LabEstate = {
    ...estate,
    pusher,
    queue,
    workflow,
    bucket,
    deadLetterTopic,
    serviceKey: (region) => `projects/${projectId}/locations/${region}/services/${estate.service}`,
  };
  // Settings of IAP alone say that it takes this audience; lists of balancers alone that the other host is none of theirs.
  const client = `${estate.projectNumber}-push1.apps.googleusercontent.com`;
  cloud.iapSettings.set(estate.iapResource, { accessSettings: { oauthSettings: { programmaticClients: [client] } } });
  subscribe(cloud, lab, { account: pusher, audience: client });
  subscribe(cloud, { ...lab, host: 'elsewhere.example' }, { name: 'others', account: pusher, audience: client });
  addMember(cloud, estate.iapResource, 'roles/iap.httpsResourceAccessor', `serviceAccount:${pusher}`);
  return lab;
}

export function backendOf(cloud: Cloud, { projectId, backend }: ArticleEstate): Record<string, unknown> {
  const record = cloud.compute.get(`projects/${projectId}/global/backendServices/${backend}`);
  if (!record) throw new Error('the estate has no backend');
  return record;
}

/** A push through the balancer, by this account with this audience. */
export function subscribe(
  cloud: Cloud,
  { projectId, host }: ArticleEstate,
  push: { readonly name?: string; readonly account: string; readonly audience: string },
): void {
  const name = `projects/${projectId}/subscriptions/${push.name ?? 'orders'}`;
  cloud.pubsub.subscriptions.set(name, {
    name,
    topic: `projects/${projectId}/topics/orders`,
    pushConfig: {
      pushEndpoint: `https://${host}/hook`,
      oidcToken: { serviceAccountEmail: push.account, audience: push.audience },
    },
  });
}

export function addMember(cloud: Cloud, key: string, role: string, member: string): void {
  const policy: StoredPolicy = cloud.policies.get(key) ?? { version: 1, etag: nextEtag() };
  policy.bindings = [...(policy.bindings ?? []), { role, members: [member] }];
  cloud.policies.set(key, policy);
}

/** A service that the backend of the first project reaches, in a project of the same scope. */
function addOtherProject(cloud: Cloud, estate: ArticleEstate): void {
  const [region] = estate.regions;
  const [folder] = estate.ancestors;
  cloud.projects.set(otherProject, {
    projectId: otherProject,
    projectNumber: '998877665544',
    displayName: otherProject,
    createTime: cloud.now().toISOString(),
    ...(folder === undefined ? {} : { parent: folder }),
  });
  cloud.serviceAccounts.add('998877665544-compute@developer.gserviceaccount.com');
  cloud.policies.set(`projects/${otherProject}`, { version: 1, etag: nextEtag(), bindings: [] });
  bindAccounts(cloud, 'scope', `projects/${otherProject}`, estate.projectId);
  const place = { project: otherProject, region, service: 'shared' };
  deployRunService(cloud, { place, sent: buildServiceBody({ service: 'shared', region }), caller: admin });
  const neg = insertCompute(cloud, {
    project: otherProject,
    collection: 'networkEndpointGroups',
    body: { name: 'shared-neg', networkEndpointType: 'SERVERLESS', cloudRun: { service: 'shared' } },
    region,
    caller: admin,
  });
  const backend = backendOf(cloud, estate);
  const groups = Array.isArray(backend['backends']) ? backend['backends'] : [];
  backend['backends'] = [...groups, { group: neg.selfLink }];
}

/** Whether it lets IAP in can be known only by its definition. */
function addCustomRole(cloud: Cloud, { projectId, iapAgent }: ArticleEstate): void {
  const role = `projects/${projectId}/roles/watchers`;
  cloud.roles.set(role, ['run.services.get']);
  addMember(cloud, `projects/${projectId}`, role, iapAgent);
}

/** Grants what `permissions.json` has for a kind of place, on one more such place. */
function bindAccounts(cloud: Cloud, on: string, key: string, project: string): void {
  for (const [name, { holds }] of Object.entries(accounts)) {
    for (const held of holds) {
      const role = roles[held];
      if (role?.on !== on) continue;
      const id = `projects/${project}/roles/${role.id}`;
      const definition = Object.entries(permissions.roles).find(([of]) => of === held)?.[1].permissions ?? {};
      cloud.roles.set(id, Object.keys(definition));
      addMember(cloud, key, id, `serviceAccount:${name}@${project}.iam.gserviceaccount.com`);
    }
  }
}

function addBucket(cloud: Cloud, name: string, { projectId, projectNumber }: ArticleEstate): void {
  cloud.storage.buckets.set(name, {
    name,
    project: `projects/${projectId}`,
    projectNumber,
    timeCreated: cloud.now().toISOString(),
    settings: { location: 'US-CENTRAL1', storageClass: 'STANDARD' },
    retentionSeconds: 400 * 86_400,
    isVersioned: false,
    objects: new Map(),
    noncurrent: [],
  });
}
