import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { hasMember } from '../../../functions/core/change/policy-edit.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import type { ReconcileOptions } from '../../../functions/core/run.ts';
import { undoChange } from '../../../functions/core/undo-change.ts';
import { agent, backend, clientId, inventory, neg, policy, service } from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryOptions, type MemoryWorld } from '../../support/memory-world.ts';

const shop = service();
const other = service('us-central1');
const hourMs = 3_600_000;

describe('a contested change (DESIGN 6.6)', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
    build();
  });
  afterEach(() => ledger.close());

  function build(options: Omit<MemoryOptions, 'ledger'> = {}): void {
    world = buildMemoryWorld(inventory({ services: [shop, other] }), { ledger, ...options });
  }
  async function run(options: ReconcileOptions = {}) {
    runs += 1;
    world.time += hourMs;
    return reconcile({ project: 'acme-prod', reason: 'sweep', runId: `run-${runs}` }, world, options);
  }
  const wipe = (name = shop.name) => world.policies.set(name, policy());
  const holds = (name = shop.name) =>
    (world.policies.get(name)?.bindings ?? []).some(({ members = [] }) => hasMember(members, agent));
  const contestsOf = ({ findings }: { findings: readonly { rule: string }[] }) =>
    findings.filter(({ rule }) => rule === 'contested').length;
  /** Three grants, each of them wiped. */
  async function fight(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      assert.equal((await run()).outcome, 'fixed');
      wipe();
    }
  }

  it('is made three times, then left alone and told of, and others stay fixed', async () => {
    await fight();
    world.policies.set(other.name, policy());
    const fourth = await run();
    assert.equal(holds(), false);
    assert.equal(holds(other.name), true, 'another service is no part of it');
    assert.equal(contestsOf(fourth), 1);
    assert.deepEqual(fourth.left.map(({ finding, why }) => `${finding.rule} ${why}`).sort(), [
      'contested observe-only',
      'iap-invoker-missing contested',
    ]);
    assert.equal(fourth.outcome, 'waiting');
    assert.ok(
      fourth.findings.some(({ rule }) => rule === 'iap-invoker-missing'),
      'it is still missing, and said to be',
    );
  });

  it('stops every change on that service, not only the one that is undone', async () => {
    await fight();
    const estate = inventory({
      services: [shop, other],
      backends: [backend([neg(shop), neg(other)], { oauth2ClientId: clientId })],
    });
    const { time } = world;
    world = buildMemoryWorld(estate, { ledger });
    world.time = time;
    wipe();
    await ledger.acceptClientId(clientId);
    await run();
    assert.deepEqual(world.policies.get(shop.name), policy(), 'the client ID is not granted there either');
  });

  it('ends when a person confirms the list by name, and is told of no more', async () => {
    await fight();
    assert.equal(contestsOf(await run()), 1);
    const declined = await run({ confirmsContested: true, confirm: async () => false });
    assert.equal(contestsOf(declined), 1);
    const confirmed = await run({ confirmsContested: true, confirm: async () => true });
    assert.ok(holds());
    assert.equal(contestsOf(confirmed), 0);
    assert.equal(contestsOf(await run()), 0);
  });

  it('ends by itself when the changes are older than a day', async () => {
    await fight();
    assert.equal(contestsOf(await run()), 1);
    world.time += 22 * hourMs;
    const later = await run();
    assert.deepEqual([later.outcome, holds()], ['fixed', true]);
  });

  it('is none when we took it back ourselves', async () => {
    for (let round = 0; round < 2; round += 1) {
      await run();
      wipe();
    }
    const { changes } = await run();
    await undoChange(changes[0]?.id ?? '', 'undo', world);
    assert.equal(holds(), false);
    assert.equal(contestsOf(await run()), 0);
  });

  it('asks nobody for approval either', async () => {
    build({ settings: { modes: { '*': 'approve' } } });
    for (let round = 0; round < 3; round += 1) {
      await run({ modes: ['enforce', 'approve'] });
      wipe();
    }
    const fourth = await run({ modes: ['enforce', 'approve'] });
    assert.equal(holds(), false);
    assert.ok(fourth.left.some(({ why }) => why === 'contested'));
    await run();
    const asked = await ledger.approvals({ project: 'acme-prod', state: 'waiting' });
    assert.deepEqual(
      asked.flatMap(({ changes }) => changes).filter(({ change }) => change.resource === shop.name),
      [],
    );
  });
});
