import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Backend } from '../../../functions/core/inventory.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import type { ReadOptions } from '../../../functions/core/world.ts';
import { backend, inventory, neg, service } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../support/memory-world.ts';

const shop = service('europe-west1', { ingress: 'all', labels: { 'sallyport-iap': 'deny' } });
const on = backend([neg(shop)], { id: '42' });

describe('what the ledger remembers of IAP', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let backends: readonly Backend[];
  let asked: ReadOptions | undefined;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    backends = [on];
    world = buildMemoryWorld(() => inventory({ services: [shop], backends }), { ledger });
  });
  afterEach(() => ledger.close());

  async function turnedOff() {
    runs += 1;
    world.time += 1000;
    const reader = {
      ...world.reader,
      async readProject(project: string, options?: ReadOptions) {
        asked = options;
        return world.reader.readProject(project, options);
      },
    };
    const key = { project: 'acme-prod', reason: 'event', runId: `run-${runs}` } as const;
    const { findings } = await reconcile(key, { ...world, reader });
    return findings.filter(({ rule }) => rule === 'iap-turned-off').map(({ severity }) => severity);
  }

  it('makes a finding of a backend that had IAP on, until it is on again', async () => {
    assert.deepEqual(await turnedOff(), []);
    backends = [{ ...on, iapEnabled: false }];
    assert.deepEqual(await turnedOff(), ['critical']);
    assert.deepEqual(await turnedOff(), ['critical'], 'looking does not make it right');
    backends = [on];
    assert.deepEqual(await turnedOff(), []);
  });

  it('is kept however long ago it was, and has the policies behind the backend read', async () => {
    await turnedOff();
    backends = [{ ...on, iapEnabled: false }];
    world.time += 300 * 24 * 3_600_000;
    assert.deepEqual(await turnedOff(), ['critical']);
    assert.deepEqual(asked?.recentlyOnPath, []);
    assert.deepEqual(asked?.hadIapOn, [on.name]);
  });

  it('ends with the backend, and one made anew under its name is another', async () => {
    await turnedOff();
    backends = [{ ...on, iapEnabled: false }];
    await turnedOff();
    backends = [];
    assert.deepEqual(await turnedOff(), []);
    backends = [{ ...on, id: '43', iapEnabled: false }];
    assert.deepEqual(await turnedOff(), []);
  });
});
