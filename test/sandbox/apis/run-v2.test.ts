import assert from 'node:assert/strict';
import { type ArticleEstate, buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { buildRunClients, refusalOf } from '../../support/sandbox-run.ts';

describe("Cloud Run v2 of the sandbox, by Google's client", () => {
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  let clients: ReturnType<typeof buildRunClients>;
  let name: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud);
    clients = buildRunClients(sandbox);
    name = `projects/${estate.projectId}/locations/europe-west1/services/shop`;
  });
  afterEach(async () => {
    const { problems } = sandbox.discovery.summary();
    await sandbox.stop();
    assert.deepEqual(problems, []);
  });

  it('shows the services that v1 stores, with ingress and flags as fields', async () => {
    const parent = `projects/${estate.projectId}/locations/-`;
    const { data } = await clients.v2.projects.locations.services.list({ parent });
    assert.deepEqual(
      data.services?.map((service) => service.name),
      [
        `projects/${estate.projectId}/locations/europe-west1/services/shop`,
        `projects/${estate.projectId}/locations/us-central1/services/shop`,
      ],
    );
    assert.equal(data.services?.[0]?.ingress, 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER');
    assert.equal(data.services?.[0]?.generation, '1');
    assert.equal(data.services?.[0]?.iapEnabled, undefined);
  });

  it('lists page by page', async () => {
    const parent = `projects/${estate.projectId}/locations/-`;
    const first = await clients.v2.projects.locations.services.list({ parent, pageSize: 1 });
    const pageToken = first.data.nextPageToken;
    assert.ok(pageToken);
    const second = await clients.v2.projects.locations.services.list({ parent, pageSize: 1, pageToken });
    assert.match(second.data.services?.[0]?.name ?? '', /us-central1/);
    assert.equal(second.data.nextPageToken, undefined);
  });

  it('changes what the mask names and nothing else, so that v1 shows it in its own words', async () => {
    const requestBody = {
      ingress: 'INGRESS_TRAFFIC_ALL',
      iapEnabled: true,
      customAudiences: ['https://a.example'],
      labels: { team: 'x' },
    };
    const updateMask = 'ingress,iapEnabled,custom_audiences';
    const { data: operation } = await clients.v2.projects.locations.services.patch({ name, updateMask, requestBody });
    assert.equal(operation.done, true);
    assert.equal((await clients.v2.projects.locations.operations.get({ name: operation.name ?? '' })).data.done, true);
    const { data } = await clients.v1.projects.locations.services.get({ name });
    assert.equal(data.metadata?.annotations?.['run.googleapis.com/ingress'], 'all');
    assert.equal(data.metadata?.annotations?.['run.googleapis.com/iap-enabled'], 'true');
    assert.equal(data.metadata?.annotations?.['run.googleapis.com/custom-audiences'], '["https://a.example"]');
    assert.equal(data.metadata?.labels?.['team'], undefined);
    assert.equal(data.spec?.template?.spec?.containers?.[0]?.image, 'us-docker.pkg.dev/cloudrun/container/hello');
  });

  it('comes out of v1 and back as it went in', async () => {
    const parent = `projects/${estate.projectId}/locations/us-east1`;
    const sent = {
      labels: { team: 'x' },
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      invokerIamDisabled: true,
      defaultUriDisabled: true,
      launchStage: 'BETA',
      template: {
        scaling: { minInstanceCount: 1, maxInstanceCount: 3 },
        timeout: '60s',
        serviceAccount: estate.reconcileAccount,
        maxInstanceRequestConcurrency: 10,
        containers: [
          {
            image: 'i',
            env: [
              { name: 'A', value: 'b' },
              { name: 'S', valueSource: { secretKeyRef: { secret: 's', version: '1' } } },
            ],
            ports: [{ name: 'http1', containerPort: 8080 }],
            resources: { limits: { cpu: '1' } },
          },
        ],
      },
      traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
    };
    await clients.v2.projects.locations.services.create({ parent, serviceId: 'desk', requestBody: sent });
    const { data } = await clients.v2.projects.locations.services.get({ name: `${parent}/services/desk` });
    const kept = Object.fromEntries(Object.keys(sent).map((field) => [field, data[field as keyof typeof data]]));
    assert.deepEqual(kept, sent);
    assert.equal(data.uri, undefined);
  });

  it('refuses annotations of the system and an etag that is not the present one', async () => {
    const patch = (requestBody: object) =>
      refusalOf(clients.v2.projects.locations.services.patch({ name, updateMask: 'labels', requestBody }));
    assert.equal((await patch({ annotations: { 'run.googleapis.com/ingress': 'all' } })).status, 400);
    assert.equal((await patch({ etag: '"old"' })).status, 409);
  });

  it('stores nothing when only validating', async () => {
    await clients.v2.projects.locations.services.patch({
      name,
      validateOnly: true,
      updateMask: 'ingress',
      requestBody: { ingress: 'INGRESS_TRAFFIC_ALL' },
    });
    assert.equal(
      (await clients.v2.projects.locations.services.get({ name })).data.ingress,
      'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
    );
    assert.equal(sandbox.cloud.logEntries.length, 0);
  });

  it('shares its policies with v1', async () => {
    const policy = { bindings: [{ role: 'roles/run.invoker', members: ['user:a@example.com'] }] };
    const { data } = await clients.v2.projects.locations.services.setIamPolicy({
      resource: name,
      requestBody: { policy },
    });
    const read = await clients.v1.projects.locations.services.getIamPolicy({
      resource: name,
      'options.requestedPolicyVersion': 3,
    });
    assert.deepEqual(read.data, data);
  });

  it('forgets policy and service when the service is deleted', async () => {
    await clients.v2.projects.locations.services.delete({ name });
    assert.equal((await refusalOf(clients.v2.projects.locations.services.get({ name }))).status, 404);
  });
});
