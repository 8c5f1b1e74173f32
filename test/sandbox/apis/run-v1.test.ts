import assert from 'node:assert/strict';
import { type ArticleEstate, buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { buildServiceBody } from '../../../sandbox/estates/service-body.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/start-sandbox.ts';
import { buildRunClients, refusalOf } from '../../support/sandbox-run.ts';

describe("Cloud Run v1 of the sandbox, by Google's client", () => {
  let sandbox: Sandbox;
  let estate: ArticleEstate;
  let run: ReturnType<typeof buildRunClients>['v1'];
  let name: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    estate = buildArticleEstate(sandbox.cloud);
    run = buildRunClients(sandbox).v1;
    name = `projects/${estate.projectId}/locations/europe-west1/services/shop`;
  });
  afterEach(async () => {
    const { problems } = sandbox.discovery.summary();
    await sandbox.stop();
    assert.deepEqual(problems, []);
  });

  it('lists the services of all regions at location -, of one region at its own', async () => {
    const regionsAt = async (location: string) => {
      const { data } = await run.projects.locations.services.list({
        parent: `projects/${estate.projectId}/locations/${location}`,
      });
      return data.items?.map(({ metadata }) => metadata?.labels?.['cloud.googleapis.com/location']);
    };
    assert.deepEqual(await regionsAt('-'), ['europe-west1', 'us-central1']);
    assert.deepEqual(await regionsAt('us-central1'), ['us-central1']);
    assert.equal(await regionsAt('asia-east1'), undefined);
  });

  it('lists page by page and names regions it cannot reach', async () => {
    const parent = `projects/${estate.projectId}/locations/-`;
    const first = await run.projects.locations.services.list({ parent, limit: 1 });
    assert.equal(first.data.items?.length, 1);
    const next = first.data.metadata?.continue;
    assert.ok(next);
    const second = await run.projects.locations.services.list({ parent, limit: 1, continue: next });
    assert.equal(second.data.items?.[0]?.metadata?.labels?.['cloud.googleapis.com/location'], 'us-central1');
    assert.equal(second.data.metadata?.continue, undefined);

    sandbox.cloud.unreachableRegions?.add('us-central1');
    const partial = await run.projects.locations.services.list({ parent });
    assert.deepEqual(partial.data.unreachable, ['us-central1']);
    assert.equal(partial.data.items?.length, 1);
  });

  it('answers with the project number as namespace, both URLs, and ready at the present generation', async () => {
    const { data } = await run.projects.locations.services.get({ name });
    assert.equal(data.metadata?.namespace, estate.projectNumber);
    assert.equal(data.status?.observedGeneration, data.metadata?.generation);
    assert.equal(data.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
    const urls: string[] = JSON.parse(data.metadata?.annotations?.['run.googleapis.com/urls'] ?? '[]');
    assert.match(urls[0] ?? '', /^https:\/\/shop-\d+\.europe-west1\.run\.app$/);
    assert.match(urls[1] ?? '', /^https:\/\/shop-[a-z]{10}-ew\.a\.run\.app$/);
    assert.equal(data.status?.url, urls[1]);
  });

  it('makes a new revision when the template changes, and none when only annotations do', async () => {
    const before = (await run.projects.locations.services.get({ name })).data;
    const ingress = { ...before.metadata?.annotations, 'run.googleapis.com/ingress': 'all' };
    const opened = await run.projects.locations.services.replaceService({
      name,
      requestBody: { ...before, metadata: { ...before.metadata, annotations: ingress } },
    });
    assert.equal(opened.data.metadata?.annotations?.['run.googleapis.com/ingress-status'], 'all');
    assert.equal(opened.data.status?.latestCreatedRevisionName, before.status?.latestCreatedRevisionName);
    assert.equal(opened.data.metadata?.generation, 2);

    const { template } = buildServiceBody({ service: 'shop', region: 'europe-west1', environment: { A: '1' } })[
      'spec'
    ] as { template: object };
    const changed = await run.projects.locations.services.replaceService({
      name,
      requestBody: { ...opened.data, spec: { ...opened.data.spec, template } },
    });
    assert.notEqual(changed.data.status?.latestCreatedRevisionName, before.status?.latestCreatedRevisionName);
    assert.match(changed.data.status?.latestReadyRevisionName ?? '', /^shop-00003-[a-z]{3}$/);
  });

  it('refuses a replacement made from a version that is not the present one', async () => {
    const { data } = await run.projects.locations.services.get({ name });
    await run.projects.locations.services.replaceService({ name, requestBody: data });
    const { status, message } = await refusalOf(
      run.projects.locations.services.replaceService({ name, requestBody: data }),
    );
    assert.equal(status, 409);
    assert.match(message, /^Conflict for resource 'shop': version '.+' was specified but current version is '.+'\.$/);
  });

  it('starts a deployed service with an empty policy, also after one of the same name was deleted', async () => {
    const resource = `projects/${estate.projectId}/locations/asia-northeast1/services/shop`;
    const parent = `projects/${estate.projectId}/locations/asia-northeast1`;
    const body = buildServiceBody({ service: 'shop', region: 'asia-northeast1' });
    for (const _ of [1, 2]) {
      await run.projects.locations.services.create({ parent, requestBody: body });
      assert.equal((await run.projects.locations.services.getIamPolicy({ resource })).data.bindings, undefined);
      const policy = { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] };
      await run.projects.locations.services.setIamPolicy({ resource, requestBody: { policy } });
      await run.projects.locations.services.delete({ name: resource });
    }
    assert.equal((await refusalOf(run.projects.locations.services.getIamPolicy({ resource }))).status, 404);
  });

  it('refuses a second service of the same name, a bad ingress and a runtime account that is not there', async () => {
    const parent = `projects/${estate.projectId}/locations/europe-west1`;
    const create = (requestBody: object) => refusalOf(run.projects.locations.services.create({ parent, requestBody }));
    assert.equal((await create(buildServiceBody({ service: 'shop', region: 'europe-west1' }))).status, 409);
    assert.equal(
      (await create(buildServiceBody({ service: 'other', region: 'europe-west1', ingress: 'some' }))).status,
      400,
    );
    const foreign = {
      metadata: { name: 'other' },
      spec: { template: { spec: { serviceAccountName: 'x@y.iam.gserviceaccount.com' } } },
    };
    assert.match((await create(foreign)).message, /^Permission 'iam\.serviceaccounts\.actAs' denied/);
  });

  it('lists a namespace in all regions where no host name says which', async () => {
    const response = await fetch(`${sandbox.url}/apis/serving.knative.dev/v1/namespaces/${estate.projectId}/services`, {
      headers: { authorization: 'Bearer x' },
    });
    assert.equal(((await response.json()) as { items: unknown[] }).items.length, 2);
  });

  it("lets Sallyport's account read and grant, and do nothing else", async () => {
    const own = buildRunClients(sandbox, estate.reconcileAccount).v1;
    const policy = { bindings: [{ role: 'roles/run.invoker', members: ['user:a@example.com'] }] };
    await own.projects.locations.services.setIamPolicy({ resource: name, requestBody: { policy } });
    const { status, message } = await refusalOf(own.projects.locations.services.delete({ name }));
    assert.equal(status, 403);
    assert.match(
      message,
      /^Permission 'run\.services\.delete' denied on resource '\/\/run\.googleapis\.com\/projects\/acme-prod\/.*' \(or it may not exist\)\.$/,
    );
    const other = buildRunClients(sandbox, estate.eventsAccount).v1;
    assert.equal((await refusalOf(other.projects.locations.services.getIamPolicy({ resource: name }))).status, 403);
  });

  it('tells which permissions the caller has', async () => {
    const permissions = ['run.services.get', 'run.services.delete'];
    const own = buildRunClients(sandbox, estate.reconcileAccount).v1;
    const { data } = await own.projects.locations.services.testIamPermissions({
      resource: name,
      requestBody: { permissions },
    });
    assert.deepEqual(data.permissions, ['run.services.get']);
  });
});
