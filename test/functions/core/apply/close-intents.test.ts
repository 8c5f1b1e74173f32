import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { leaseMs } from '../../../../functions/core/apply/apply-change.ts';
import { closeOpenIntents } from '../../../../functions/core/apply/close-intents.ts';
import type { ChangeRequest } from '../../../../functions/core/change/change.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { agent, grant, inventory, policy, service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../../support/memory-world.ts';

const shop = service();

describe('intents without a result', () => {
  let ledger: Ledger;
  let world: MemoryWorld;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    world = buildMemoryWorld(inventory({}), { ledger });
    await ledger.recordIntent({
      id: 'cut-short',
      project: 'acme-prod',
      runId: 'dead',
      findingIds: [],
      change: {
        capability: 'grant-invoker',
        kind: 'add',
        resource: shop.name,
        role: 'roles/run.invoker',
        members: [agent],
      },
      at: world.time,
    });
  });
  afterEach(() => ledger.close());

  const close = () => closeOpenIntents('acme-prod', world);
  const outcome = async () => (await ledger.findChange('cut-short'))?.result?.outcome;
  const arrive = () => world.policies.set(shop.name, { ...policy(grant(agent)), etag: 'of-the-dead-run' });

  it('are applied where the live policy has what they were about, and the write counts as ours', async () => {
    arrive();
    assert.equal(await close(), 1);
    assert.equal(await outcome(), 'applied');
    assert.equal(await ledger.isOwnEtag(shop.name, 'of-the-dead-run'), true);
  });

  it('have failed where it has not, and are closed once', async () => {
    assert.equal(await close(), 1);
    assert.equal(await outcome(), 'failed');
    assert.equal(await close(), 0);
  });

  it('are applied after all when the request arrives after its run had died', async () => {
    await close();
    arrive();
    await close();
    assert.equal(await outcome(), 'applied');
    assert.equal(await ledger.isOwnEtag(shop.name, 'of-the-dead-run'), true);
  });

  it('stay failed when the next run made the change, so that it stands in the ledger once', async () => {
    await close();
    await reconcile({ project: 'acme-prod', reason: 'event', runId: 'again' }, world);
    await close();
    assert.equal(await outcome(), 'failed');
    const applied = (await ledger.changesSince(0)).filter(({ result }) => result?.outcome === 'applied');
    assert.deepEqual(
      applied.map(({ runId }) => runId),
      ['again'],
    );
  });

  it('stay failed when somebody makes the change longer than a lease later', async () => {
    await close();
    world.time += leaseMs + 1;
    arrive();
    await close();
    assert.equal(await outcome(), 'failed');
  });

  const begin = (id: string, change: ChangeRequest) =>
    ledger.recordIntent({ id, project: 'acme-prod', runId: 'dead', findingIds: [], change, at: world.time });
  const resultOf = async (id: string) => (await ledger.findChange(id))?.result;

  it('of a revoke are applied once the member is out of that very binding', async () => {
    const condition = { title: 'day', expression: 'request.time.getHours() < 18' };
    const revoke = {
      capability: 'revoke-invoker',
      kind: 'remove',
      resource: shop.name,
      role: 'roles/run.invoker',
    } as const;
    world.policies.set(shop.name, policy(grant('user:ann@acme.example')));
    await begin('conditional', { ...revoke, members: ['user:ann@acme.example'], condition });
    await begin('plain', { ...revoke, members: ['user:ann@acme.example'] });
    await close();
    assert.equal((await resultOf('conditional'))?.outcome, 'applied');
    assert.equal((await resultOf('plain'))?.outcome, 'failed');
  });

  it('of an ingress are judged by the live service', async () => {
    const ingress = { capability: 'restrict-ingress', kind: 'ingress', resource: shop.name } as const;
    world.services.set(shop.name, { etag: 'e', generation: '8', ingress: 'internal-and-cloud-load-balancing' });
    await begin('shut', { ...ingress, ingress: 'internal-and-cloud-load-balancing' });
    await begin('opened', { ...ingress, ingress: 'all', undoes: 'x' });
    await close();
    assert.equal((await resultOf('shut'))?.serviceAfter?.generation, '8');
    assert.equal((await resultOf('opened'))?.outcome, 'failed');
    world.services.set(shop.name, { etag: 'e', generation: '9', ingress: 'all' });
    await close();
    assert.equal((await resultOf('opened'))?.outcome, 'applied', 'it arrived after its run had died');
  });

  it('of a service agent cannot be looked for: they have failed, and are asked for again', async () => {
    const resource = '//cloudresourcemanager.googleapis.com/projects/acme-prod';
    await begin('agent', {
      capability: 'create-service-identity',
      kind: 'service-identity',
      resource,
      service: 'iap.googleapis.com',
    });
    await close();
    assert.equal((await resultOf('agent'))?.code, 'interrupted');
  });
});
