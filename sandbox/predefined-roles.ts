const runReads = [
  'run.services.get',
  'run.services.list',
  'run.services.getIamPolicy',
  'run.revisions.get',
  'run.revisions.list',
  'run.operations.get',
  'run.operations.list',
];
const runWrites = [
  'run.services.create',
  'run.services.update',
  'run.services.delete',
  'run.routes.invoke',
  'run.jobs.run',
  'run.instances.invoke',
];

const computeCollections = [
  'backendServices',
  'regionBackendServices',
  'networkEndpointGroups',
  'regionNetworkEndpointGroups',
  'globalNetworkEndpointGroups',
  'urlMaps',
  'regionUrlMaps',
  'targetHttpsProxies',
  'regionTargetHttpsProxies',
  'targetHttpProxies',
  'regionTargetHttpProxies',
  'forwardingRules',
  'globalForwardingRules',
  'sslCertificates',
  'regionSslCertificates',
  'globalOperations',
  'regionOperations',
  'globalAddresses',
];
const computeReads = computeCollections
  .flatMap((name) => [`compute.${name}.get`, `compute.${name}.list`])
  .concat('compute.projects.get');

const projectReads = ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy'];
const iapPolicies = ['web', 'webTypes', 'webServices', 'webServiceVersions'].flatMap((level) => [
  `iap.${level}.getIamPolicy`,
  `iap.${level}.setIamPolicy`,
]);
const iapSettings = ['web', 'webTypes', 'webServices', 'projects'].map((level) => `iap.${level}.getSettings`);
const pubsubReads = [
  'pubsub.topics.get',
  'pubsub.topics.list',
  'pubsub.subscriptions.get',
  'pubsub.subscriptions.list',
];
const otherReads = [
  'serviceusage.services.get',
  'serviceusage.services.list',
  'cloudtasks.queues.get',
  'cloudtasks.queues.list',
  'cloudtasks.tasks.get',
  'cloudtasks.tasks.list',
  'logging.logEntries.list',
  'logging.logs.list',
  'iam.roles.get',
  'iam.roles.list',
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.list',
];
const viewer = [...runReads, ...computeReads, ...projectReads, ...iapSettings, ...pubsubReads, ...otherReads];

/**
 * Google's predefined roles as far as the sandbox needs them (FACTS 9.2): role -> permissions, where a last `*` stands for
 * the rest of a name. The owner may do all but pass IAP: that takes the accessor role.
 */
export const predefinedRoles: Readonly<Record<string, readonly string[]>> = {
  'roles/owner': ['*'],
  'roles/editor': [
    ...viewer,
    ...runWrites,
    'compute.*',
    'pubsub.*',
    'cloudtasks.*',
    'serviceusage.*',
    'iam.serviceAccounts.actAs',
    'logging.logEntries.create',
  ],
  'roles/viewer': viewer,
  'roles/browser': [
    'resourcemanager.projects.get',
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.list',
    'resourcemanager.folders.get',
    'resourcemanager.folders.list',
    'resourcemanager.organizations.get',
  ],
  'roles/resourcemanager.projectIamAdmin': [
    'resourcemanager.projects.get',
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.setIamPolicy',
  ],
  'roles/resourcemanager.organizationViewer': ['resourcemanager.organizations.get'],
  'roles/resourcemanager.folderViewer': [
    'resourcemanager.folders.get',
    'resourcemanager.folders.list',
    'resourcemanager.projects.get',
    'resourcemanager.projects.list',
  ],
  'roles/run.admin': ['run.*', 'resourcemanager.projects.get'],
  'roles/run.editor': [...runReads, ...runWrites, 'resourcemanager.projects.get'],
  'roles/run.developer': [...runReads, ...runWrites, 'resourcemanager.projects.get'],
  'roles/run.sourceDeveloper': [...runReads, ...runWrites, 'resourcemanager.projects.get'],
  'roles/run.viewer': [...runReads, 'resourcemanager.projects.get'],
  'roles/run.invoker': ['run.routes.invoke', 'run.jobs.run', 'run.instances.invoke'],
  'roles/run.servicesInvoker': ['run.routes.invoke'],
  'roles/compute.admin': ['compute.*', 'resourcemanager.projects.get'],
  'roles/compute.loadBalancerAdmin': ['compute.*', 'resourcemanager.projects.get'],
  'roles/compute.viewer': [...computeReads, 'resourcemanager.projects.get'],
  'roles/compute.networkViewer': computeReads.filter(
    (name) => !/networkEndpointGroups\.list|regionNetworkEndpointGroups\.list/.test(name),
  ),
  'roles/iap.admin': iapPolicies,
  'roles/iap.settingsAdmin': [
    ...iapSettings,
    'iap.web.updateSettings',
    'iap.webTypes.updateSettings',
    'iap.webServices.updateSettings',
    'iap.projects.updateSettings',
  ],
  'roles/iap.httpsResourceAccessor': ['iap.webServiceVersions.accessViaIAP'],
  'roles/iam.securityAdmin': [
    ...projectReads,
    'resourcemanager.projects.setIamPolicy',
    'run.services.list',
    'run.services.getIamPolicy',
    'run.services.setIamPolicy',
    ...iapPolicies,
  ],
  'roles/iam.securityReviewer': [
    'run.services.list',
    'run.services.getIamPolicy',
    'resourcemanager.projects.getIamPolicy',
    'resourcemanager.projects.list',
    'iap.web.getIamPolicy',
    'iap.webTypes.getIamPolicy',
    'iap.webServices.getIamPolicy',
  ],
  'roles/iam.serviceAccountUser': [
    'iam.serviceAccounts.actAs',
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.list',
    'resourcemanager.projects.get',
  ],
  'roles/iam.serviceAccountTokenCreator': [
    'iam.serviceAccounts.getAccessToken',
    'iam.serviceAccounts.getOpenIdToken',
    'iam.serviceAccounts.signJwt',
  ],
  'roles/cloudtasks.enqueuer': ['cloudtasks.tasks.create', 'cloudtasks.tasks.fullView'],
  'roles/cloudtasks.viewer': [
    'cloudtasks.queues.get',
    'cloudtasks.queues.list',
    'cloudtasks.tasks.get',
    'cloudtasks.tasks.list',
  ],
  'roles/cloudtasks.admin': ['cloudtasks.*'],
  'roles/pubsub.admin': ['pubsub.*'],
  'roles/pubsub.editor': [
    ...pubsubReads,
    'pubsub.topics.create',
    'pubsub.topics.publish',
    'pubsub.topics.update',
    'pubsub.topics.delete',
    'pubsub.topics.attachSubscription',
    'pubsub.subscriptions.create',
    'pubsub.subscriptions.update',
    'pubsub.subscriptions.consume',
    'pubsub.subscriptions.delete',
  ],
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/pubsub.subscriber': [
    'pubsub.subscriptions.consume',
    'pubsub.snapshots.seek',
    'pubsub.topics.attachSubscription',
  ],
  'roles/pubsub.viewer': pubsubReads,
  'roles/logging.viewer': ['logging.logEntries.list', 'logging.logs.list'],
  'roles/logging.logWriter': ['logging.logEntries.create'],
  'roles/eventarc.eventReceiver': ['eventarc.events.receiveAuditLogWritten', 'eventarc.events.receiveEvent'],
  'roles/serviceusage.serviceUsageAdmin': ['serviceusage.*'],
  'roles/serviceusage.serviceUsageConsumer': [
    'serviceusage.services.get',
    'serviceusage.services.list',
    'serviceusage.services.use',
  ],
};
