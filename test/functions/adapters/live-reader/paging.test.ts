import assert from 'node:assert/strict';
import type { GoogleRead } from '../../../../functions/adapters/google-read.ts';
import { listBackendServices } from '../../../../functions/adapters/live-reader/list-compute.ts';
import { listRunServices } from '../../../../functions/adapters/live-reader/list-run-services.ts';

const read: GoogleRead = (_, call) => call();

describe('lists of several pages', () => {
  it('takes every page of Compute, every scope, and the regions it could not look into, once each', async () => {
    const pages = [
      {
        items: {
          global: { backendServices: [{ name: 'a' }] },
          'regions/us-east1': { warning: { code: 'UNREACHABLE' } },
          'zones/us-east1-b': { warning: { code: 'UNREACHABLE' } },
          'regions/us-west1': { warning: { code: 'NO_RESULTS_ON_PAGE' } },
        },
        nextPageToken: 'two',
      },
      {
        items: { 'regions/europe-west1': { backendServices: [{ name: 'b' }, { name: 'c' }] } },
        unreachables: ['https://www.googleapis.com/compute/v1/projects/shop/regions/us-east1'],
      },
    ];
    const asked: unknown[] = [];
    const compute = client((params) => {
      asked.push(params);
      return pages[asked.length - 1];
    });
    const { items, unreadable, missing } = await listBackendServices(compute, read, 'shop');
    assert.deepEqual(items, [{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    assert.deepEqual(asked, [{ project: 'shop' }, { project: 'shop', pageToken: 'two' }]);
    assert.deepEqual(
      unreadable.map(({ resource, code }) => [resource, code]),
      [['//compute.googleapis.com/projects/shop/regions/us-east1', 'region-unreachable']],
    );
    assert.deepEqual(missing, ['us-east1']);
  });

  it('names the project when Compute does not say which region is missing', async () => {
    const compute = client(() => ({ warning: { code: 'PARTIAL_SUCCESS' } }));
    const { unreadable, missing } = await listBackendServices(compute, read, 'shop');
    assert.deepEqual(missing, ['*']);
    assert.deepEqual(
      unreadable.map(({ resource }) => resource),
      ['//compute.googleapis.com/projects/shop'],
    );
  });

  it('takes every page of Cloud Run, and the regions it could not look into', async () => {
    const pages = [
      { items: [{ n: 1 }], metadata: { continue: 'two' }, unreachable: ['us-east1'] },
      { items: [{ n: 2 }], metadata: {}, unreachable: ['us-east1', 'projects/shop/locations/us-west1'] },
    ];
    const asked: unknown[] = [];
    const list = async (params: unknown) => {
      asked.push(params);
      return { data: pages[asked.length - 1] };
    };
    const run = { projects: { locations: { services: { list } } } } as unknown as Parameters<typeof listRunServices>[0];
    const { items, unreadable, missing } = await listRunServices(run, read, 'shop');
    assert.deepEqual(items, [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(missing, ['us-east1', 'us-west1']);
    const parent = 'projects/shop/locations/-';
    assert.deepEqual(asked, [{ parent }, { parent, continue: 'two' }]);
    assert.deepEqual(
      unreadable.map(({ resource }) => resource),
      ['us-east1', 'us-west1'].map((region) => `//run.googleapis.com/projects/shop/locations/${region}`),
    );
  });
});

function client(answer: (params: unknown) => unknown) {
  const aggregatedList = async (params: unknown) => ({ data: answer(params) });
  return { backendServices: { aggregatedList } } as unknown as Parameters<typeof listBackendServices>[0];
}
