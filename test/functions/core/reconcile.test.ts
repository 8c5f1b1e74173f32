import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { hasMember } from '../../../functions/core/change/policy-edit.ts';
import type { Inventory } from '../../../functions/core/inventory.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import { reconcile } from '../../../functions/core/reconcile.ts';
import type { ReconcileOptions } from '../../../functions/core/run.ts';
import type { ReadOptions } from '../../../functions/core/world.ts';
import { AppError } from '../../../functions/errors.ts';
import {
  agent,
  backend,
  clientId,
  clientMember,
  grant,
  inventory,
  neg,
  policy,
  service,
} from '../../support/estate.ts';
import { buildMemoryWorld, type MemoryOptions, type MemoryWorld } from '../../support/memory-world.ts';

const shop = service();
const other = service('us-central1');
const twoRegions = inventory({ services: [shop, other] });
const withClient = inventory({
  services: [shop, other],
  backends: [backend([neg(shop), neg(other)], { oauth2ClientId: clientId })],
});

describe('reconcile', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
  });
  afterEach(() => ledger.close());

  const build = (estate: Inventory | (() => Inventory), options: Omit<MemoryOptions, 'ledger'> = {}) => {
    world = buildMemoryWorld(estate, { ledger, ...options });
    return world;
  };
  const run = (options?: ReconcileOptions) => {
    runs += 1;
    world.time += 1000;
    return reconcile({ project: 'acme-prod', reason: 'event', runId: `run-${runs}` }, world, options);
  };
  const holds = (resource: string, member: string) =>
    (world.policies.get(resource)?.bindings ?? []).some(
      ({ role, members }) => role === 'roles/run.invoker' && hasMember(members ?? [], member),
    );

  it('grants the agent in every region, and a second run writes nothing', async () => {
    build(twoRegions);
    assert.equal((await run()).outcome, 'fixed');
    assert.ok(holds(shop.name, agent) && holds(other.name, agent));
    assert.equal((await run()).outcome, 'clean');
    assert.equal(world.writes.length, 2);
  });

  it('has each change in the ledger with its findings, both policies and the etag that marks it as ours', async () => {
    build(twoRegions);
    const { changes } = await run();
    for (const change of changes) {
      const stored = await ledger.findChange(change.id);
      assert.equal(stored?.result?.outcome, 'applied');
      assert.equal(stored?.findingIds.length, 1);
      assert.deepEqual(stored?.result?.before, policy());
      assert.ok(await ledger.isOwnEtag(change.change.resource, stored?.result?.after?.etag ?? ''));
    }
  });

  describe('a backend of this project that leads into another one', () => {
    const theirs = service('europe-west1', { project: 'acme-pay' });
    const estate = inventory({
      services: [shop, theirs],
      projects: [
        { name: 'acme-prod', number: '111222333444' },
        { name: 'acme-pay', number: '555' },
      ],
    });
    const scopes: readonly (readonly [string, unknown])[] = [
      ['which the scope excludes', { include: ['acme-*'], exclude: ['acme-pay'] }],
      ['which the scope does not list', { include: ['acme-prod'] }],
      ['where the scope is this project alone', {}],
      ['whose id is not known', { include: ['*'], exclude: ['acme-pay'] }],
    ];
    for (const [where, scope] of scopes) {
      it(`${where}, changes nothing there, whatever people say`, async () => {
        const isNumber = where.includes('id');
        const there = isNumber ? service('europe-west1', { project: '555' }) : theirs;
        const known = [
          { name: 'acme-prod', number: '111222333444' },
          { name: there.project, number: '555' },
        ];
        build(inventory({ services: [shop, there], projects: known }), { settings: { scope } });
        const { left } = await run({ modes: ['enforce', 'approve'] });
        assert.ok(holds(shop.name, agent));
        assert.ok(!holds(there.name, agent));
        assert.deepEqual(
          left.map(({ finding, why }) => [finding.resource, why]),
          [[there.name, 'out-of-scope']],
        );
      });
    }

    it('asks a person, whatever the ingress there says: its owner consented to IAP, not to this project', async () => {
      build(estate, { settings: { scope: { include: ['acme-*'] } } });
      const { left } = await run();
      assert.ok(holds(shop.name, agent));
      assert.ok(!holds(theirs.name, agent));
      assert.deepEqual(
        left.map(({ finding, why }) => [finding.resource, why]),
        [[theirs.name, 'needs-approval']],
      );
      const [question] = await ledger.approvals({ state: 'waiting' });
      assert.deepEqual(
        question?.changes.map(({ change }) => change.resource),
        [theirs.name],
      );
      const { id = '', planHash = '' } = question ?? {};
      await ledger.decideApproval(id, planHash, { approved: true, by: 'ann', at: world.time });
      assert.equal((await run()).outcome, 'fixed');
      assert.ok(holds(theirs.name, agent));
    });
  });

  it('leaves in the ledger who had changes made on a command line', async () => {
    const { changes } = await reconcile(
      { project: 'acme-prod', reason: 'manual', runId: 'fix-1', by: 'ann@acme.example' },
      buildMemoryWorld(inventory({}), { ledger }),
    );
    assert.deepEqual(
      changes.map(({ approvedBy }) => approvedBy),
      ['ann@acme.example'],
    );
  });

  it('waits with a private service whose owner has not consented, and grants once a person says yes', async () => {
    build(inventory({ services: [service('europe-west1', { ingress: 'all', defaultUrlDisabled: true })] }));
    const waiting = await run();
    assert.deepEqual([waiting.outcome, waiting.left[0]?.why, world.writes.length], ['waiting', 'needs-approval', 0]);
    assert.equal((await run({ modes: ['enforce', 'approve'] })).outcome, 'fixed');
  });

  it('never grants under the deny label, whoever says yes', async () => {
    build(inventory({ services: [service('europe-west1', { labels: { 'sallyport-iap': 'deny' } })] }));
    assert.equal((await run({ modes: ['enforce', 'approve'] })).outcome, 'reported');
    assert.equal(world.writes.length, 0);
  });

  it('writes nothing when the person who is shown the plan says no', async () => {
    build(twoRegions);
    await run({ confirm: async (plan) => plan.changes.length !== 2 });
    assert.equal(world.writes.length, 0);
  });

  it('tries a refused client ID once: no finding, no retry, one line', async () => {
    build(withClient, { unknownMembers: [clientMember] });
    const first = await run();
    assert.deepEqual([first.outcome, first.findings], ['fixed', []]);
    assert.deepEqual(first.refusedClientIds, [clientMember.replace('serviceAccount:', '')]);
    assert.equal(world.lines.filter(({ message }) => message.startsWith('client id is no principal')).length, 1);
    assert.equal((await run()).outcome, 'clean');
    assert.deepEqual(
      world.writes.map(({ members }) => members),
      [[agent], [agent]],
    );
    world.time += 31 * 24 * 3_600_000;
    assert.equal((await run()).outcome, 'clean', 'tried again after 30 days, and refused again');
    assert.equal(world.lines.filter(({ message }) => message.startsWith('client id is no principal')).length, 2);
  });

  it('grants an accepted client ID everywhere in the same run, and in one write with the agent from then on', async () => {
    build(withClient);
    assert.equal((await run()).outcome, 'fixed');
    for (const name of [shop.name, other.name]) assert.ok(holds(name, agent) && holds(name, clientMember));
    world.policies.set(shop.name, policy());
    await run();
    assert.deepEqual(world.writes.at(-1)?.members, [agent, clientMember]);
  });

  it('does not let a member that IAM refuses block the others on the resource', async () => {
    build(withClient);
    await ledger.acceptClientId(clientId);
    world = buildMemoryWorld(withClient, { ledger, unknownMembers: [clientMember] });
    assert.equal((await run()).outcome, 'fixed');
    assert.ok(holds(shop.name, agent) && holds(other.name, agent));
  });

  it('comes back for an agent that IAM does not know yet', async () => {
    build(twoRegions, { unknownMembers: [agent] });
    await assert.rejects(run(), { code: 'principal-does-not-exist' });
    const open = await ledger.openFindings('acme-prod');
    assert.deepEqual(
      open.map(({ finding }) => finding.rule).sort(),
      ['iap-invoker-missing', 'iap-invoker-missing', 'iap-service-agent-missing'],
      'the findings stay open, and people are told why',
    );
  });

  it('keeps and records what was done when another write fails, and throws so that delivery repeats', async () => {
    build(twoRegions, { failNext: [new AppError('write-failed', 'HTTP 503')] });
    await assert.rejects(run(), { code: 'write-failed' });
    assert.equal(world.writes.length, 1);
    assert.equal((await run()).outcome, 'fixed');
    assert.ok(holds(shop.name, agent) && holds(other.name, agent));
  });

  it('stops at 25 changes a run, names the rest, and goes on oldest first', async () => {
    const many = Array.from({ length: 30 }, (_, at) => service('europe-west1', { service: `s${at}` }));
    build(inventory({ services: many }));
    assert.equal((await run()).outcome, 'waiting');
    assert.equal(world.writes.length, 25);
    const alert = world.lines.find(({ fields }) => fields['code'] === 'limit-reached');
    assert.equal(Array.isArray(alert?.fields['rest']) && alert.fields['rest'].length, 5);
    assert.equal((await run()).outcome, 'fixed');
    assert.equal(world.writes.length, 30);
  });

  it('stops at 100 changes an hour over all runs', async () => {
    build(twoRegions, { settings: { limits: { changesPerHour: 3 } } });
    for (let round = 0; round < 3; round += 1) {
      for (const one of [shop, other]) world.policies.set(one.name, policy());
      await run();
    }
    assert.equal(world.writes.length, 3);
    world.time += 3_600_000;
    await run();
    assert.ok(world.writes.length > 3);
  });

  it('writes nothing while paused by setting or by ledger', async () => {
    build(twoRegions, { settings: { paused: true } });
    await run();
    build(twoRegions);
    await ledger.setPaused(true);
    await run();
    assert.equal(world.writes.length, 0);
  });

  it('stops at once when a pause comes in the middle of a run', async () => {
    build(twoRegions);
    await assert.rejects(run({ confirm: () => ledger.setPaused(true).then(() => true) }), { code: 'paused' });
    assert.equal(world.writes.length, 0);
  });

  it('stops writing when its lease has passed to another run', async () => {
    build(twoRegions);
    const steal = async () => {
      world.time += 200_000;
      assert.ok(await ledger.acquireLease('acme-prod', 'somebody-else', 60_000));
      return true;
    };
    await assert.rejects(run({ confirm: steal }), { code: 'lease-lost' });
    assert.equal(world.writes.length, 0);
  });

  it('does not start while another run holds the lease', async () => {
    build(twoRegions);
    await ledger.acquireLease('acme-prod', 'somebody-else', 60_000);
    await assert.rejects(run(), { code: 'project-busy' });
  });

  it('takes over the lease of its own task: a redelivery does not wait for a run that has died', async () => {
    build(twoRegions);
    await ledger.acquireLease('acme-prod', 'dead-run', 120_000, 'task-1');
    const key = { project: 'acme-prod', reason: 'event', runId: 'again', task: 'task-1' } as const;
    assert.equal((await reconcile(key, world)).outcome, 'fixed');
    assert.equal(await ledger.acquireLease('acme-prod', 'next', 1000, 'task-2'), true);
  });

  it('writes no more once its task runs a second time, if the first run is alive after all', async () => {
    build(twoRegions);
    const key = { project: 'acme-prod', reason: 'event', task: 'task-1' } as const;
    const again = () => reconcile({ ...key, runId: 'second' }, world).then(({ outcome }) => outcome === 'fixed');
    await assert.rejects(reconcile({ ...key, runId: 'first' }, world, { confirm: again }), { code: 'lease-lost' });
    assert.equal(world.writes.length, 2);
    const applied = (await ledger.changesSince(0)).filter(({ result }) => result?.outcome === 'applied');
    assert.deepEqual(new Set(applied.map(({ runId }) => runId)), new Set(['second']));
  });

  it('closes an intent that was never finished against the live policy: done or not done', async () => {
    build(inventory({ services: [shop, other], policies: [[shop, policy(grant(agent))]] }));
    for (const one of [shop, other]) {
      await ledger.recordIntent({
        id: `old-${one.region}`,
        project: 'acme-prod',
        runId: 'old',
        findingIds: [],
        change: {
          capability: 'grant-invoker',
          kind: 'add',
          resource: one.name,
          role: 'roles/run.invoker',
          members: [agent],
        },
        at: 1,
      });
    }
    await run();
    assert.equal((await ledger.findChange('old-europe-west1'))?.result?.outcome, 'applied');
    assert.equal((await ledger.findChange('old-us-central1'))?.result?.outcome, 'failed');
    assert.deepEqual(await ledger.openIntents('acme-prod'), []);
  });

  it('reads whom IAP lets in on sweeps and for people, never for a single event', async () => {
    build(twoRegions);
    const asked: unknown[] = [];
    const reader = {
      ...world.reader,
      readProject(project: string, options?: ReadOptions) {
        asked.push(options?.iapPolicies);
        return world.reader.readProject(project, options);
      },
    };
    for (const reason of ['event', 'own-write', 'sweep', 'manual'] as const) {
      await reconcile({ project: 'acme-prod', reason, runId: reason }, { ...world, reader });
    }
    assert.deepEqual(asked, [false, false, true, true]);
  });

  it('remembers for 30 days which services were on a path, and has them read', async () => {
    let estate = twoRegions;
    build(() => estate);
    const asked: unknown[] = [];
    const { readProject } = world.reader;
    const reader = {
      ...world.reader,
      readProject(project: string, options?: ReadOptions) {
        asked.push(options?.recentlyOnPath);
        return readProject(project, options);
      },
    };
    const again = (runId: string) => reconcile({ project: 'acme-prod', reason: 'sweep', runId }, { ...world, reader });
    await again('first');
    estate = inventory({ services: [shop, other], backends: [] });
    await again('second');
    world.time += 30 * 24 * 3_600_000;
    await again('third');
    world.time += 1;
    await again('fourth');
    const both = [shop.name, other.name].sort();
    assert.deepEqual(asked, [[], both, both, []]);
  });

  it('is never clean when something could not be read', async () => {
    const gap = { resource: 'asia-east1', code: 'region-unreachable', message: 'Cloud Run did not answer.' };
    build({ ...inventory({ policies: [[shop, policy(grant(agent))]] }), unreadable: [gap] });
    assert.equal((await run()).outcome, 'reported');
  });
});
