import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { checkOwnWrite } from '../../../functions/core/check-own-write.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import { agent, grant, inventory, policy, service } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryWorld } from '../../support/memory-world.ts';

const shop = service();

describe('own writes', () => {
  let ledger: Ledger;
  let world: MemoryWorld;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    world = buildMemoryWorld(inventory({}), { ledger });
  });
  afterEach(() => ledger.close());

  const check = (etag: string) =>
    checkOwnWrite({ project: 'acme-prod', resource: shop.name, etag, runId: 'check' }, world);

  it('a write of ours with the etag that the ledger has is our own', async () => {
    const { changes } = await reconcile({ project: 'acme-prod', reason: 'event', runId: 'run' }, world);
    assert.equal(await check(changes[0]?.result?.after?.etag ?? ''), 'own');
  });

  it('our principal without a ledger entry is a critical alert', async () => {
    assert.equal(await check('somebody-elses'), 'foreign');
    assert.deepEqual(
      world.lines.map(({ level, fields }) => [level, fields['code']]),
      [['error', 'foreign-own-write']],
    );
  });

  it('a write whose result was lost with its process is closed, and then known as ours', async () => {
    world.policies.set(shop.name, { ...policy(grant(agent)), etag: 'written' });
    await ledger.recordIntent({
      id: 'lost',
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
      at: 1,
    });
    assert.equal(await check('written'), 'own');
  });

  for (const [what, then] of [
    [
      'changed the policy again',
      policy(grant(agent), { role: 'roles/run.viewer', members: ['user:ann@acme.example'] }),
    ],
    ['took the grant away', policy()],
  ] as const) {
    it(`a write whose result was lost is known as ours, once, even where somebody has ${what} since`, async () => {
      world.policies.set(shop.name, { ...then, etag: 'theirs' });
      await ledger.recordIntent({
        id: 'lost',
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
      assert.equal(await check('written'), 'own');
      assert.equal(await check('written'), 'own', 'the event comes twice');
      assert.equal((await ledger.findChange('lost'))?.result?.outcome, 'applied');
      assert.equal(await check('another'), 'foreign');
    });
  }

  it('comes back later while a run is at work', async () => {
    await ledger.acquireLease('acme-prod', 'a-run', 60_000);
    await assert.rejects(check('etag'), { code: 'project-busy' });
  });
});
