import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { GcloudRow } from './gcloud-row.ts';

/** Rows of the gcloud client's table about everything but Cloud Run and Compute. */
export function buildOtherRows(estate: ArticleEstate): GcloudRow[] {
  return [...buildPubSubRows(estate), ...buildIapRows(estate), ...buildHierarchyRows(estate), ...buildAuthRows()];
}

function buildPubSubRows({ projectId, host, clientId, invokerAccount }: ArticleEstate): GcloudRow[] {
  const subscription = `/v1/projects/${projectId}/subscriptions/orders`;
  const topic = `/v1/projects/${projectId}/topics/orders`;
  const endpoint = `--push-endpoint=https://${host}/push`;
  const account = `--push-auth-service-account=${invokerAccount}`;
  return [
    {
      args: ['pubsub', 'topics', 'create', 'orders'],
      requests: [`PUT pubsub /v1/projects/${projectId}/topics/orders`],
    },
    {
      args: [
        ...['pubsub', 'subscriptions', 'create', 'orders', '--topic=orders', `--push-endpoint=https://${host}/push`],
        ...[`--push-auth-service-account=${invokerAccount}`, `--push-auth-token-audience=${clientId}`],
      ],
      requests: [`PUT pubsub ${subscription}`],
    },
    {
      args: ['pubsub', 'subscriptions', 'describe', 'orders'],
      requests: [`GET pubsub ${subscription}`],
      output: new RegExp(`audience: ${clientId}`),
    },
    {
      args: ['pubsub', 'subscriptions', 'update', 'orders', `--push-endpoint=https://${host}/other`],
      requests: [`PATCH pubsub ${subscription}`],
    },
    {
      args: [
        ...['pubsub', 'subscriptions', 'update', 'orders', endpoint, account, '--push-auth-token-audience=updated'],
        ...['--dead-letter-topic=orders', '--max-delivery-attempts=6', '--min-retry-delay=5s', '--ack-deadline=20'],
      ],
      requests: [`PATCH pubsub ${subscription}`],
      holds: ({ pubsub }) => /"audience":"updated"/.test(JSON.stringify([...pubsub.subscriptions.values()])),
    },
    {
      args: [
        ...['pubsub', 'subscriptions', 'modify-push-config', 'orders', endpoint, account],
        '--push-auth-token-audience=modified',
      ],
      requests: [`POST pubsub ${subscription}:modifyPushConfig`],
      holds: ({ pubsub }) => /"audience":"modified"/.test(JSON.stringify([...pubsub.subscriptions.values()])),
    },
    {
      args: ['pubsub', 'subscriptions', 'list'],
      requests: [`GET pubsub /v1/projects/${projectId}/subscriptions`],
      output: /audience: modified/,
    },
    {
      args: ['pubsub', 'topics', 'list-subscriptions', 'orders'],
      requests: [`GET pubsub ${topic}/subscriptions`],
      output: /subscriptions\/orders/,
    },
    {
      args: ['pubsub', 'topics', 'publish', 'orders', '--message=order', '--attribute=colour=red'],
      requests: [`POST pubsub ${topic}:publish`],
      output: /messageIds/,
    },
    { args: ['pubsub', 'subscriptions', 'delete', 'orders'], requests: [`DELETE pubsub ${subscription}`] },
    { args: ['pubsub', 'topics', 'delete', 'orders'], requests: [`DELETE pubsub ${topic}`] },
  ];
}

function buildIapRows({
  projectId,
  projectNumber,
  backend,
  backendId,
  regions: [r],
  service,
}: ArticleEstate): GcloudRow[] {
  const project = `GET cloudresourcemanager /v1/projects/${projectId}`;
  const root = `/v1/projects/${projectNumber}/iap_web`;
  const target = ['--resource-type=backend-services', `--service=${backend}`];
  return [
    {
      args: ['iap', 'web', 'get-iam-policy', ...target],
      requests: [project, `POST iap ${root}/compute/services/${backend}:getIamPolicy`],
      output: /httpsResourceAccessor/,
    },
    {
      args: [
        ...['iap', 'web', 'add-iam-policy-binding', ...target],
        ...['--member=user:dev@example.com', '--role=roles/iap.httpsResourceAccessor'],
      ],
      requests: [
        project,
        `POST iap ${root}/compute/services/${backend}:getIamPolicy`,
        `POST iap ${root}/compute/services/${backend}:setIamPolicy`,
      ],
      holds: ({ policies }) =>
        JSON.stringify(policies.get(`projects/${projectNumber}/iap_web/compute/services/${backendId}`)).includes(
          'user:dev@example.com',
        ),
    },
    {
      args: [
        'beta',
        'iap',
        'web',
        'get-iam-policy',
        '--resource-type=cloud-run',
        `--service=${service}`,
        `--region=${r}`,
      ],
      requests: [project, `POST iap ${root}/cloud_run-${r}/services/${service}:getIamPolicy`],
      output: /etag/,
    },
  ];
}

function buildHierarchyRows({ projectId, projectNumber, ancestors, service }: ArticleEstate): GcloudRow[] {
  const organization = ancestors.at(-1) ?? '';
  return [
    {
      args: ['projects', 'describe', projectId],
      requests: [`GET cloudresourcemanager /v1/projects/${projectId}`],
      output: new RegExp(`projectNumber: '${projectNumber}'`),
    },
    {
      args: ['projects', 'list'],
      requests: ['GET cloudresourcemanager /v1/projects?filter=lifecycleState:ACTIVE&pageSize=500'],
      output: new RegExp(projectNumber),
    },
    {
      args: ['projects', 'get-ancestors', projectId],
      requests: [`POST cloudresourcemanager /v1/projects/${projectId}:getAncestry`],
      output: new RegExp(`${organization.split('/')[1]}\\s+organization`),
    },
    {
      args: ['organizations', 'list'],
      requests: ['POST cloudresourcemanager /v1/organizations:search'],
      output: /example\.com/,
    },
    {
      args: ['asset', 'search-all-resources', `--scope=${organization}`, '--asset-types=run.googleapis.com/Service'],
      requests: [
        `GET cloudasset /v1/${organization}:searchAllResources?assetTypes=run.googleapis.com/Service&pageSize=20`,
      ],
      output: new RegExp(`services/${service}`),
    },
    {
      // Sallyport's own grants carry conditions: gcloud then wants to hear that this one has none.
      args: [
        ...['projects', 'add-iam-policy-binding', projectId],
        ...['--member=user:dev@example.com', '--role=roles/viewer', '--condition=None'],
      ],
      requests: [
        `POST cloudresourcemanager /v1/projects/${projectId}:getIamPolicy`,
        `POST cloudresourcemanager /v1/projects/${projectId}:setIamPolicy`,
      ],
      holds: ({ logEntries }) =>
        JSON.stringify(logEntries.map(({ protoPayload }) => protoPayload['serviceData'])).includes('bindingDeltas'),
    },
  ];
}

function buildAuthRows(): GcloudRow[] {
  return [
    { args: ['auth', 'print-access-token'], requests: [], output: /^sandbox\./ },
    { args: ['auth', 'print-identity-token'], requests: [], code: 1, output: /No identity token can be obtained/ },
  ];
}
