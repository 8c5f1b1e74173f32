import assert from 'node:assert/strict';
import { openSqliteLedger, type SqliteLedger } from '../../../functions/adapters/sqlite-ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import { backend, clientId, grant, inventory, neg, policy, service } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../support/memory-world.ts';

const shop = service();
const start = policy(grant('serviceAccount:ci@acme-prod.iam.gserviceaccount.com'));

describe('undo', () => {
  let ledger: SqliteLedger;
  let world: MemoryWorld;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    world = buildMemoryWorld(inventory({ policies: [[shop, start]] }), { ledger });
  });
  afterEach(() => ledger.close());

  const run = () => {
    runs += 1;
    world.time += 1000;
    return reconcile({ project: 'acme-prod', reason: 'event', runId: `run-${runs}` }, world);
  };
  const undo = (id: string) => {
    runs += 1;
    world.time += 1000;
    return undoChange(id, `undo-${runs}`, world);
  };
  const grantOnce = async () => (await run()).changes[0]?.id ?? '';

  it('restores exactly what was there, and enforce does not do it again for 24 h', async () => {
    const id = await grantOnce();
    const undone = await undo(id);
    assert.equal(undone.result?.outcome, 'applied');
    assert.deepEqual(world.policies.get(shop.name)?.bindings, start.bindings);
    const held = await run();
    assert.deepEqual([held.outcome, held.left[0]?.why], ['waiting', 'on-hold']);
    world.time += 24 * 3_600_000;
    assert.equal((await run()).outcome, 'fixed');
  });

  it('refuses when others have changed the policy since', async () => {
    const id = await grantOnce();
    const now = world.policies.get(shop.name) ?? {};
    world.policies.set(shop.name, { ...now, etag: 'theirs' });
    await assert.rejects(undo(id), { code: 'undo-changed-since' });
    assert.deepEqual(world.policies.get(shop.name), { ...now, etag: 'theirs' });
    assert.deepEqual(await ledger.holds('acme-prod', world.time), []);
  });

  it('goes on when only we have changed the policy since', async () => {
    world = buildMemoryWorld(inventory({ backends: [backend([neg(shop)], { oauth2ClientId: clientId })] }), { ledger });
    const { changes } = await run();
    assert.equal(changes.length, 2);
    assert.equal((await undo(changes[0]?.id ?? '')).result?.outcome, 'applied');
  });

  it('refuses what is unknown, undone already, or itself an undo', async () => {
    const id = await grantOnce();
    const undone = await undo(id);
    for (const one of ['nothing', id, undone.id]) await assert.rejects(undo(one), { code: 'undo-not-possible' });
  });
});
