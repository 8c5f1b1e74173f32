import assert from 'node:assert/strict';
import { compute_v1 } from 'googleapis/build/src/apis/compute/v1.js';
import { type RunningSandbox, refusalOf, startArticleSandbox } from './running-sandbox.ts';

describe('sandbox/apis/compute', () => {
  let running: RunningSandbox;
  let compute: compute_v1.Compute;
  let project: string;
  let backendService: string;

  before(async () => {
    running = await startArticleSandbox();
    compute = new compute_v1.Compute(running.client());
    project = running.estate.projectId;
    backendService = running.estate.backend;
  });
  after(() => running.sandbox.stop());

  const get = async () => (await compute.backendServices.get({ project, backendService })).data;
  const negLink = (region: string, name: string) =>
    `https://www.googleapis.com/compute/v1/projects/${project}/regions/${region}/networkEndpointGroups/${name}`;
  const insertNeg = (region: string, requestBody: compute_v1.Schema$NetworkEndpointGroup) =>
    compute.regionNetworkEndpointGroups.insert({ project, region, requestBody });
  const entriesOf = (methodName: string) =>
    running.sandbox.cloud.logEntries.filter(({ protoPayload }) => protoPayload.methodName === methodName);

  it('returns a backend service with numeric id, self link, fingerprint and who uses it', async () => {
    const backend = await get();
    assert.equal(backend.kind, 'compute#backendService');
    assert.match(backend.id ?? '', /^\d{19}$/);
    assert.equal(
      backend.selfLink,
      `https://www.googleapis.com/compute/v1/projects/${project}/global/backendServices/${backendService}`,
    );
    assert.match(backend.creationTimestamp ?? '', /-08:00$/);
    assert.equal(Buffer.from(backend.fingerprint ?? '', 'base64').length, 8);
    assert.match(JSON.stringify(backend.usedBy), new RegExp(`/urlMaps/${running.estate.urlMap}"`));
  });

  it('finds a backend service by its numeric id, and a project by its number', async () => {
    const { data } = await compute.backendServices.get({
      project: running.estate.projectNumber,
      backendService: running.estate.backendId,
    });
    assert.equal(data.name, backendService);
  });

  it('never gives an OAuth secret back, only its hash, and keeps it over a patch that names only `enabled`', async () => {
    const iap = { enabled: true, oauth2ClientId: running.estate.clientId, oauth2ClientSecret: 'swordfish' };
    await compute.backendServices.patch({ project, backendService, requestBody: { iap } });
    await compute.backendServices.patch({ project, backendService, requestBody: { iap: { enabled: false } } });
    assert.deepEqual((await get()).iap, {
      enabled: false,
      oauth2ClientId: running.estate.clientId,
      oauth2ClientSecretSha256: 'b9f195c5cc7ef6afadbfbc42892ad47d3b24c6bc94bb510c4564a90a14e8b799',
    });
    assert.doesNotMatch(JSON.stringify([...running.sandbox.cloud.compute.values()]), /swordfish/);
  });

  it('keeps the hash when the whole resource is put back, and drops the client with an empty id', async () => {
    await compute.backendServices.update({ project, backendService, requestBody: await get() });
    assert.match((await get()).iap?.oauth2ClientSecretSha256 ?? '', /^b9f195/);
    await compute.backendServices.patch({ project, backendService, requestBody: { iap: { oauth2ClientId: '' } } });
    assert.deepEqual((await get()).iap, { enabled: false });
  });

  it("creates the project's IAP service agent when IAP is switched on, unless the cloud is told not to", async () => {
    const { cloud } = running.sandbox;
    const agent = running.estate.iapAgent.replace('serviceAccount:', '');
    cloud.serviceAccounts.delete(agent);
    cloud.provisionsIapAgents = false;
    await compute.backendServices.patch({ project, backendService, requestBody: { iap: { enabled: true } } });
    assert.equal(cloud.serviceAccounts.has(agent), false);
    cloud.provisionsIapAgents = true;
    await compute.backendServices.patch({ project, backendService, requestBody: { iap: { enabled: true } } });
    assert.equal(cloud.serviceAccounts.has(agent), true);
  });

  it('gives a new fingerprint with each write and refuses an old one with 412 conditionNotMet', async () => {
    const before = await get();
    await compute.backendServices.patch({
      project,
      backendService,
      requestBody: { description: 'a', fingerprint: before.fingerprint ?? '' },
    });
    assert.notEqual((await get()).fingerprint, before.fingerprint);
    const { status, error } = await refusalOf(
      compute.backendServices.patch({
        project,
        backendService,
        requestBody: { description: 'b', fingerprint: before.fingerprint ?? '' },
      }),
    );
    assert.equal(status, 412);
    assert.equal(error['status'], undefined);
    assert.match(JSON.stringify(error['errors']), /"conditionNotMet"/);
    assert.equal((await get()).description, 'a');
  });

  it('says 404 without `status`, and 409 alreadyExists', async () => {
    const absent = await refusalOf(compute.backendServices.get({ project, backendService: 'absent' }));
    assert.deepEqual(Object.keys(absent.error).sort(), ['code', 'errors', 'message']);
    assert.equal(
      absent.error['message'],
      `The resource 'projects/${project}/global/backendServices/absent' was not found`,
    );
    const twice = await refusalOf(compute.backendServices.insert({ project, requestBody: { name: backendService } }));
    assert.equal(twice.status, 409);
    assert.match(JSON.stringify(twice.error['errors']), /"alreadyExists"/);
  });

  it('takes only groups that are full URLs and exist', async () => {
    const patchGroup = (group: string) =>
      compute.backendServices.patch({ project, backendService, requestBody: { backends: [{ group }] } });
    const short = await refusalOf(patchGroup('regions/r1/networkEndpointGroups/x'));
    assert.equal(short.status, 400);
    const absent = await refusalOf(patchGroup(negLink('us-east1', 'absent')));
    assert.equal(absent.status, 404);
  });

  it('takes a serverless NEG with exactly one target, which is a service or a mask', async () => {
    const region = running.estate.thirdRegion;
    const serverless = { name: 'neg-a', networkEndpointType: 'SERVERLESS' };
    const refused = [
      serverless,
      { ...serverless, cloudRun: { service: 's' }, cloudFunction: { function: 'f' } },
      { ...serverless, cloudRun: { service: 's', urlMask: '<service>.example.com' } },
      { ...serverless, cloudRun: { tag: 't' } },
      { ...serverless, networkEndpointType: 'INTERNET_FQDN_PORT', cloudRun: { service: 's' } },
    ];
    for (const body of refused) assert.equal((await refusalOf(insertNeg(region, body))).status, 400);
    await insertNeg(region, { ...serverless, name: 'neg-mask', cloudRun: { urlMask: '<service>.example.com' } });
    await insertNeg(region, { ...serverless, name: 'neg-function', cloudFunction: { function: 'f' } });
    const { data } = await compute.regionNetworkEndpointGroups.list({ project, region });
    assert.deepEqual(
      data.items?.map(({ name }) => name),
      ['neg-function', 'neg-mask'],
    );
  });

  it('answers a regional write with a finished operation that names its region and can be read again', async () => {
    const region = running.estate.thirdRegion;
    const { data } = await insertNeg(region, {
      name: 'neg-b',
      networkEndpointType: 'SERVERLESS',
      cloudRun: { service: 's' },
    });
    assert.equal(data.status, 'DONE');
    assert.equal(data.targetLink, negLink(region, 'neg-b'));
    assert.match(data.region ?? '', new RegExp(`/regions/${region}$`));
    const again = await compute.regionOperations.get({ project, region, operation: data.name ?? '' });
    assert.deepEqual(again.data, data);
  });

  it('does not delete what is in use', async () => {
    const [region] = running.estate.regions;
    const networkEndpointGroup = running.estate.negs[region] ?? '';
    const { status, error } = await refusalOf(
      compute.regionNetworkEndpointGroups.delete({ project, region, networkEndpointGroup }),
    );
    assert.equal(status, 400);
    assert.match(JSON.stringify(error['errors']), /"resourceInUseByAnotherResource"/);
  });

  it('lists every scope, empty ones with a warning, and pages over all of them', async () => {
    const { data } = await compute.networkEndpointGroups.aggregatedList({ project, includeAllScopes: true });
    const [r1, r2] = running.estate.regions;
    assert.equal(data.items?.[`regions/${r1}`]?.networkEndpointGroups?.length, 1);
    assert.equal(data.items?.[`regions/${r2}`]?.networkEndpointGroups?.length, 1);
    assert.equal(data.items?.['global']?.warning?.code, 'NO_RESULTS_ON_PAGE');
    assert.ok(Object.keys(data.items ?? {}).some((scope) => scope.startsWith('zones/')));

    const names: string[] = [];
    let pageToken: string | undefined;
    let pages = 0;
    do {
      const page = await compute.networkEndpointGroups.aggregatedList({
        project,
        maxResults: 2,
        ...(pageToken ? { pageToken } : {}),
      });
      for (const { networkEndpointGroups } of Object.values(page.data.items ?? {}))
        names.push(...(networkEndpointGroups ?? []).map(({ name }) => name ?? ''));
      pageToken = page.data.nextPageToken ?? undefined;
      pages++;
    } while (pageToken);
    assert.equal(pages, Math.ceil(names.length / 2));
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.length, 5);
  });

  it('keeps regional backend services apart from global ones', async () => {
    const [region] = running.estate.regions;
    const requestBody = { name: backendService, loadBalancingScheme: 'INTERNAL_MANAGED' };
    await compute.regionBackendServices.insert({ project, region, requestBody });
    const { data } = await compute.backendServices.aggregatedList({ project });
    assert.equal(data.items?.['global']?.backendServices?.length, 1);
    assert.equal(data.items?.[`regions/${region}`]?.backendServices?.[0]?.loadBalancingScheme, 'INTERNAL_MANAGED');
  });

  it('writes two audit entries for a write: the request in the first only, the change done with the last', async () => {
    const before = entriesOf('v1.compute.backendServices.patch').length;
    await compute.backendServices.patch({ project, backendService, requestBody: { iap: { enabled: true } } });
    const [first, last] = entriesOf('v1.compute.backendServices.patch').slice(before);
    assert.deepEqual(first?.protoPayload['request'], {
      '@type': 'type.googleapis.com/compute.backendServices.patch',
      iap: { enabled: true },
    });
    assert.deepEqual(last?.protoPayload['request'], { '@type': 'type.googleapis.com/compute.backendServices.patch' });
    assert.equal(first?.protoPayload.resourceName, `projects/${project}/global/backendServices/${backendService}`);
    assert.match(JSON.stringify(first?.['operation']), /"first":true/);
    assert.match(JSON.stringify(last?.['operation']), /"last":true/);
    assert.deepEqual(first?.resource.labels, {
      backend_service_id: running.estate.backendId,
      location: 'global',
      project_id: project,
    });
  });

  it('writes one entry of severity ERROR for a refused write', async () => {
    const stranger = new compute_v1.Compute(running.client('stranger@example.com'));
    await refusalOf(stranger.backendServices.patch({ project, backendService, requestBody: { description: 'x' } }));
    const entry = entriesOf('v1.compute.backendServices.patch').at(-1);
    assert.equal(entry?.['severity'], 'ERROR');
    assert.match(JSON.stringify(entry?.protoPayload['status']), /"code":7/);
  });

  it('lets a balancer be built and refuses references to what is not there', async () => {
    await compute.urlMaps.insert({
      project,
      requestBody: { name: 'map-2', defaultService: `global/backendServices/${backendService}` },
    });
    const { data } = await compute.urlMaps.get({ project, urlMap: 'map-2' });
    assert.match(data.defaultService ?? '', /^https:\/\/www\.googleapis\.com\/compute\/v1\/projects\//);
    const requestBody = { name: 'proxy-2', urlMap: `projects/${project}/global/urlMaps/absent` };
    assert.equal((await refusalOf(compute.targetHttpsProxies.insert({ project, requestBody }))).status, 404);
  });

  it('keeps to the Discovery document throughout', function () {
    if (!running.sandbox.discovery.available) this.skip();
    assert.deepEqual(running.sandbox.discovery.summary().problems, []);
  });
});
