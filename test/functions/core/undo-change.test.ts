import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { applyChange } from '../../../functions/core/apply/apply-change.ts';
import type { ChangeRequest, IngressChange } from '../../../functions/core/change/change.ts';
import type { Inventory } from '../../../functions/core/inventory.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import { backend, clientId, grant, inventory, neg, policy, service } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../support/memory-world.ts';

const shop = service();
const start = policy(grant('serviceAccount:ci@acme-prod.iam.gserviceaccount.com'));

describe('undo', () => {
  let ledger: Ledger;
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

  it('leaves in the ledger who had it undone', async () => {
    const undone = await undoChange(await grantOnce(), 'undo-by', world, 'ann@acme.example');
    assert.equal(undone.approvedBy, 'ann@acme.example');
    assert.equal((await ledger.findChange(undone.id))?.approvedBy, 'ann@acme.example');
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

  const all = ['grant-invoker', 'revoke-invoker', 'restrict-ingress', 'create-service-identity'];
  const at = { project: 'acme-prod', runId: 'made', findingIds: [] };
  const make = async (estate: Inventory, change: ChangeRequest, changeId = 'made-1') => {
    world = buildMemoryWorld(estate, { ledger, settings: { capabilities: all } });
    assert.ok(await ledger.acquireLease('acme-prod', 'made', 60_000));
    const done = await applyChange(change, { ...at, changeId }, world);
    await ledger.releaseLease('acme-prod', 'made');
    assert.equal(done.result?.outcome, 'applied');
  };
  const condition = { title: 'day', expression: 'request.time.getHours() < 18' };
  const revoke: ChangeRequest = {
    capability: 'revoke-invoker',
    kind: 'remove',
    resource: shop.name,
    role: 'roles/run.invoker',
    members: ['user:ann@acme.example'],
    condition,
  };
  const shutOff: ChangeRequest = {
    capability: 'restrict-ingress',
    kind: 'ingress',
    resource: shop.name,
    ingress: 'internal-and-cloud-load-balancing',
  };
  const openShop = inventory({ services: [service('europe-west1', { ingress: 'all' })] });

  it('puts a revoked member back into the very binding it was in, and holds it', async () => {
    const before = {
      ...policy(grant('user:ann@acme.example'), { ...grant('user:ann@acme.example'), condition }),
      version: 3,
    };
    await make(inventory({ policies: [[shop, before]] }), revoke);
    assert.deepEqual(world.policies.get(shop.name)?.bindings, [grant('user:ann@acme.example')]);
    await undo('made-1');
    assert.deepEqual(world.policies.get(shop.name)?.bindings, before.bindings);
    const [hold] = await ledger.holds('acme-prod', world.time);
    assert.deepEqual([hold?.resource, hold?.member], [shop.name, 'user:ann@acme.example']);
  });

  it('gives a service its former ingress back, and holds it', async () => {
    await make(openShop, shutOff);
    await undo('made-1');
    assert.equal(world.services.get(shop.name)?.ingress, 'all');
    const [hold] = await ledger.holds('acme-prod', world.time);
    assert.deepEqual([hold?.resource, hold?.member], [shop.name, 'ingress']);
    await assert.rejects(undo('made-1'), { code: 'undo-not-possible' });
  });

  it('refuses when others have changed the service since, and leaves no hold', async () => {
    await make(openShop, shutOff);
    const now = world.services.get(shop.name);
    assert.ok(now);
    world.services.set(shop.name, { ...now, generation: '9' });
    await assert.rejects(undo('made-1'), { code: 'undo-changed-since' });
    assert.deepEqual(world.services.get(shop.name), { ...now, generation: '9' });
    assert.deepEqual(await ledger.holds('acme-prod', world.time), []);
  });

  it('refuses when others change the service at the last moment', async () => {
    await make(openShop, shutOff);
    const meddle = (one: MemoryWorld) => {
      const now = one.services.get(shop.name);
      if (now) one.services.set(shop.name, { ...now, generation: '9' });
    };
    const { writer } = world;
    const changeIngress = (change: IngressChange) => {
      meddle(world);
      return writer.changeIngress(change);
    };
    Object.assign(world, { writer: { ...writer, changeIngress } });
    assert.equal((await undo('made-1')).result?.code, 'undo-changed-since');
    assert.equal(world.services.get(shop.name)?.ingress, 'internal-and-cloud-load-balancing');
  });

  it('goes by the service’s generation, which Google’s own progress does not move', async () => {
    await make(openShop, shutOff);
    const now = world.services.get(shop.name);
    assert.ok(now);
    world.services.set(shop.name, { ...now, etag: 'ready' });
    assert.equal((await undo('made-1')).result?.outcome, 'applied');
  });

  it('refuses to take back a service agent: Google has no call for it', async () => {
    await make(inventory({}), {
      capability: 'create-service-identity',
      kind: 'service-identity',
      resource: '//cloudresourcemanager.googleapis.com/projects/acme-prod',
      service: 'iap.googleapis.com',
    });
    await assert.rejects(undo('made-1'), { code: 'undo-not-possible', message: /no call to delete/ });
  });

  it('writes nothing in a project that the scope does not name, whoever planned or undoes it', async () => {
    world = buildMemoryWorld(openShop, { ledger, settings: { capabilities: all, scope: { include: ['acme-prod'] } } });
    assert.ok(await ledger.acquireLease('acme-prod', 'made', 60_000));
    const theirs = { ...shutOff, resource: shop.name.replace('acme-prod', 'acme-pay') };
    await assert.rejects(applyChange(theirs, { ...at, changeId: 'made-1' }, world), { code: 'out-of-scope' });
    assert.equal(await ledger.findChange('made-1'), undefined);
  });

  it('lets nothing call itself an undo that takes nothing back', async () => {
    await make(openShop, shutOff);
    assert.ok(await ledger.acquireLease('acme-prod', 'made', 60_000));
    const open: ChangeRequest = { ...revoke, kind: 'add', members: ['allUsers'], undoes: 'made-1' };
    await assert.rejects(applyChange(open, { ...at, changeId: 'made-2' }, world), { code: 'write-refused' });
    assert.equal(await ledger.findChange('made-2'), undefined);
  });
});
