import assert from 'node:assert/strict';
import { buildCloud } from '../../../sandbox/build-cloud.ts';
import { buildArticleEstate } from '../../../sandbox/estates/article-estate.ts';
import { startSandbox } from '../../../sandbox/start-sandbox.ts';

const lists = [
  'v1/projects/acme-prod/locations/-/services',
  'v2/projects/acme-prod/locations/-/services',
  ...[
    'backendServices',
    'urlMaps',
    'targetHttpsProxies',
    'sslCertificates',
    'forwardingRules',
    'networkEndpointGroups',
  ].map((name) => `compute/v1/projects/acme-prod/aggregated/${name}`),
];

describe("the article's estate", () => {
  it('has nice names without a seed, and names of its own for each seed', () => {
    const build = (seed?: number) => buildArticleEstate(buildCloud().cloud, seed === undefined ? {} : { seed });
    const nice = build();
    assert.deepEqual(
      [nice.projectId, nice.service, ...nice.regions, nice.thirdRegion],
      ['acme-prod', 'shop', 'europe-west1', 'us-central1', 'asia-northeast1'],
    );
    const named = ({ projectId, projectNumber, service, host, regions, thirdRegion }: typeof nice) => [
      projectId,
      projectNumber,
      service,
      host,
      ...regions,
      thirdRegion,
    ];
    assert.deepEqual(named(build(7)), named(build(7)));
    assert.notDeepEqual(named(build(7)), named(build(8)));
    for (let seed = 0; seed < 50; seed++) {
      const { regions, thirdRegion, projectNumber } = build(seed);
      assert.equal(new Set([...regions, thirdRegion]).size, 3);
      assert.match(projectNumber, /^\d{12}$/);
    }
  });

  it('is one service in two regions, shut to all but the balancer and invoked by nobody', () => {
    const { cloud } = buildCloud();
    const { regions } = buildArticleEstate(cloud);
    for (const region of regions) {
      const key = `projects/acme-prod/locations/${region}/services/shop`;
      assert.equal(
        cloud.runServices.get(key)?.metadata.annotations['run.googleapis.com/ingress'],
        'internal-and-cloud-load-balancing',
      );
      assert.equal(cloud.policies.has(key), false);
    }
    assert.equal(cloud.runServices.size, 2);
    assert.deepEqual(cloud.logEntries, []);
  });

  it('has IAP off, and no IAP agent yet', () => {
    const { cloud } = buildCloud();
    const { backend, iapAgent } = buildArticleEstate(cloud);
    assert.equal(cloud.compute.get(`projects/acme-prod/global/backendServices/${backend}`)?.['iap'], undefined);
    assert.equal(cloud.serviceAccounts.has(iapAgent.replace('serviceAccount:', '')), false);
  });

  it('stands alone, or in a folder of an organisation whose policies can be read', () => {
    const alone = buildCloud().cloud;
    assert.deepEqual(buildArticleEstate(alone).ancestors, []);
    assert.equal(alone.projects.get('acme-prod')?.parent, undefined);
    const { cloud } = buildCloud();
    const { ancestors } = buildArticleEstate(cloud, { organization: true });
    assert.equal(cloud.projects.get('acme-prod')?.parent, ancestors[0]);
    assert.equal(cloud.folders.get(ancestors[0] ?? '')?.parent, ancestors[1]);
    for (const key of ancestors) assert.ok(cloud.policies.has(key), key);
  });

  it("is answered by every API as Google's Discovery documents have it", async () => {
    const sandbox = await startSandbox();
    try {
      buildArticleEstate(sandbox.cloud);
      for (const path of lists) {
        const response = await fetch(`${sandbox.url}/${path}`, { headers: { authorization: 'Bearer x' } });
        assert.equal(response.status, 200, path);
        assert.match(await response.text(), /shop/, path);
      }
      assert.deepEqual(sandbox.discovery.summary().problems, []);
    } finally {
      await sandbox.stop();
    }
  });
});
