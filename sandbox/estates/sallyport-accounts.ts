import type { Cloud } from '../cloud.ts';
import { nextEtag } from '../iam.ts';

/** E-mails of the service accounts that Sallyport's Terraform makes. */
export interface SallyportAccounts {
  /** Runs `reconcile`: may read, and may change policies of Cloud Run services. */
  readonly reconcileAccount: string;
  /** Runs `audit-event`: may put tasks into the queue. */
  readonly eventsAccount: string;
  /** Calls the functions for Cloud Tasks and Eventarc. */
  readonly invokerAccount: string;
}

const readerPermissions = [
  'run.services.list',
  'run.services.get',
  'run.services.getIamPolicy',
  ...[
    'backendServices',
    'regionBackendServices',
    'networkEndpointGroups',
    'regionNetworkEndpointGroups',
    'globalNetworkEndpointGroups',
  ].map((name) => `compute.${name}.list`),
  ...[
    'urlMaps',
    'regionUrlMaps',
    'targetHttpsProxies',
    'regionTargetHttpsProxies',
    'targetHttpProxies',
    'regionTargetHttpProxies',
    'sslCertificates',
    'regionSslCertificates',
    'forwardingRules',
    'globalForwardingRules',
  ].map((name) => `compute.${name}.list`),
  'compute.backendServices.get',
  'resourcemanager.projects.get',
  'resourcemanager.projects.getIamPolicy',
  'iam.roles.get',
  'iap.web.getIamPolicy',
  'iap.webTypes.getIamPolicy',
  'iap.webServices.getIamPolicy',
  'iap.webServices.getSettings',
  'logging.logEntries.list',
  'pubsub.subscriptions.list',
];

/** Creates the accounts and custom roles of DESIGN 5 (read; grant) and binds them on the project, and a reader of policies above it. */
export function buildSallyportAccounts(cloud: Cloud, project: string, ancestors: readonly string[]): SallyportAccounts {
  const emailOf = (name: string) => `${name}@${project}.iam.gserviceaccount.com`;
  const accounts = {
    reconcileAccount: emailOf('sallyport-reconcile'),
    eventsAccount: emailOf('sallyport-events'),
    invokerAccount: emailOf('sallyport-invoker'),
  };
  for (const email of Object.values(accounts)) cloud.serviceAccounts.add(email);
  cloud.roles.set(`projects/${project}/roles/sallyportReader`, readerPermissions);
  cloud.roles.set(`projects/${project}/roles/sallyportGrantInvoker`, [
    'run.services.getIamPolicy',
    'run.services.setIamPolicy',
  ]);
  bind(cloud, `projects/${project}`, `projects/${project}/roles/sallyportReader`, accounts.reconcileAccount);
  bind(cloud, `projects/${project}`, `projects/${project}/roles/sallyportGrantInvoker`, accounts.reconcileAccount);
  bind(cloud, `projects/${project}`, 'roles/cloudtasks.enqueuer', accounts.eventsAccount);
  bind(cloud, `projects/${project}`, 'roles/iam.serviceAccountUser', accounts.eventsAccount);
  const organization = ancestors.at(-1);
  if (organization !== undefined) {
    const role = `${organization}/roles/sallyportAncestorReader`;
    cloud.roles.set(role, [
      'resourcemanager.folders.get',
      'resourcemanager.folders.getIamPolicy',
      'resourcemanager.organizations.get',
      'resourcemanager.organizations.getIamPolicy',
    ]);
    bind(cloud, organization, role, accounts.reconcileAccount);
  }
  return accounts;
}

function bind(cloud: Cloud, key: string, role: string, email: string): void {
  const policy = cloud.policies.get(key) ?? { version: 1, etag: nextEtag() };
  policy.bindings = [...(policy.bindings ?? []), { role, members: [`serviceAccount:${email}`] }];
  cloud.policies.set(key, policy);
}
