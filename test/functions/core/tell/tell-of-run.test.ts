import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import type { Inventory } from '../../../../functions/core/inventory.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import type { Notice } from '../../../../functions/core/people.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import { agent, grant, inventory, policy, service } from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryOptions, type MemoryWorld } from '../../../support/memory-world.ts';

const slack = { channel: 'C0ALL' };
const shop = service();
/** A person who holds run.invoker: found, and only told of. */
const withPerson = inventory({ policies: [[shop, policy(grant(agent, 'user:ann@acme.example'))]] });
const regions = Array.from({ length: 12 }, (_, index) => service(`region-${index}`));

describe('what people are told of a run', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let runs = 0;
  /** The process dies here. */
  let dieAt: 'putNotice' | 'saveFindings' | undefined;

  beforeEach(async () => {
    dieAt = undefined;
    const real = await openSqliteLedger(':memory:', () => world.time);
    ledger = {
      ...real,
      async putNotice(...args) {
        if (dieAt === 'putNotice') throw new Error('killed');
        return real.putNotice(...args);
      },
      async saveFindings(...args) {
        const saved = await real.saveFindings(...args);
        if (dieAt === 'saveFindings') throw new Error('killed');
        return saved;
      },
    };
  });
  afterEach(() => ledger.close());

  const build = (estate: Inventory | (() => Inventory), options: Omit<MemoryOptions, 'ledger'> = {}) => {
    world = buildMemoryWorld(estate, { settings: { slack }, ledger, ...options });
  };
  const run = async (actor?: string) => {
    runs += 1;
    world.time += 60_000;
    const who = actor === undefined ? {} : { actor };
    await reconcile({ project: 'acme-prod', reason: 'event', runId: `run-${runs}`, ...who }, world);
  };
  const die = async (at: typeof dieAt) => {
    dieAt = at;
    await assert.rejects(run(), /killed/);
    dieAt = undefined;
    await ledger.releaseLease('acme-prod', `run-${runs}`);
  };
  /** All that waits in the outbox. */
  const outbox = async () =>
    [...(await ledger.claimNotices('look', 100, world.time, 0))].sort((a, b) => a.createdAt - b.createdAt);
  const findings = (notices: readonly Notice[]) =>
    notices.flatMap(({ content }) => (content.kind === 'finding' ? [content] : []));

  it('is one message for a finding that opens, and none for the runs that find it again', async () => {
    build(withPerson);
    await run();
    const [notice, ...others] = await outbox();
    assert.deepEqual(others, []);
    assert.match(notice?.id ?? '', /^finding:[0-9a-f]{16}:\d+$/);
    assert.equal(notice?.channel, 'C0ALL');
    assert.deepEqual(
      findings([notice as Notice]).map(({ rule, state }) => [rule, state]),
      [['direct-invoker', 'open']],
    );
    await run();
    await run();
    assert.deepEqual(
      (await outbox()).map(({ id, revision }) => [id, revision]),
      [[notice?.id, 1]],
    );
  });

  it('is the same message with its end when the finding is gone, and who ended it', async () => {
    let estate = withPerson;
    build(() => estate);
    await run();
    estate = inventory({ policies: [[shop, policy(grant(agent))]] });
    world.policies.set(shop.name, policy(grant(agent)));
    await run('ann@acme.example');
    await run('somebody@else.example');
    const notices = await outbox();
    assert.deepEqual(
      findings(notices).map(({ state, resolvedAt = 0, openedAt, resolvedBy }) => [
        state,
        resolvedAt - openedAt,
        resolvedBy,
      ]),
      [['resolved', 60_000, 'ann@acme.example']],
    );
  });

  it('is another message when the same finding opens again', async () => {
    build(withPerson);
    const person = world.policies.get(shop.name) ?? {};
    await run();
    world.policies.set(shop.name, policy(grant(agent)));
    await run();
    world.policies.set(shop.name, person);
    await run();
    assert.deepEqual(
      findings(await outbox()).map(({ state }) => state),
      ['resolved', 'open'],
    );
  });

  it('is one message for what was found and fixed at once: what was done, and its Terraform', async () => {
    build(inventory({}));
    await run();
    await run();
    const notices = await outbox();
    assert.equal(notices.length, 1, 'the next run has nothing to add');
    const [content, ...others] = findings(notices);
    assert.deepEqual(others, []);
    assert.deepEqual([content?.rule, content?.state], ['iap-invoker-missing', 'fixed']);
    assert.match(content?.notes?.[0] ?? '', /^Done: grant roles\/run\.invoker on /);
    assert.match(content?.terraform ?? '', /import \{[\s\S]*resource "google_cloud_run_v2_service_iam_member"/);
  });

  it('is told anew each time that others undo the fix', async () => {
    build(inventory({}));
    await run();
    world.policies.set(shop.name, policy());
    await run();
    assert.deepEqual(
      findings(await outbox()).map(({ state }) => state),
      ['fixed', 'fixed'],
    );
  });

  it('is one digest where a run finds more than digestAbove, updated as they end', async () => {
    const people = (among: typeof regions) =>
      among.map((one) => [one, policy(grant(agent, 'user:ann@acme.example'))] as const);
    build(inventory({ services: regions, policies: people(regions) }));
    await run();
    const [digest, ...others] = await outbox();
    assert.deepEqual(others, []);
    assert.ok(digest?.content.kind === 'digest');
    assert.equal(digest.content.title, '12 findings in acme-prod, 12 open');
    assert.equal(digest.content.lines.length, 12);
    await run();
    world.policies.set(regions[3]?.name ?? '', policy(grant(agent)));
    await run();
    await run();
    const [again, ...more] = await outbox();
    assert.deepEqual(more, []);
    assert.ok(again?.content.kind === 'digest' && again.id === digest.id);
    assert.equal(again.content.title, '12 findings in acme-prod, 11 open');
    assert.equal(again.content.lines.filter((line) => line.startsWith('✓')).length, 1);
    assert.equal(again.revision, 2);
  });

  for (const [when, at] of [
    ['before it told', 'putNotice'],
    ['when it had saved its findings', 'saveFindings'],
  ] as const) {
    it(`is told by the next run when a run dies ${when}: each finding once`, async () => {
      build(withPerson);
      await die(at);
      assert.deepEqual(await outbox(), []);
      await run();
      await run();
      assert.deepEqual(
        findings(await outbox()).map(({ state }) => state),
        ['open'],
      );
    });

    it(`is told by the next run when a run that fixed something dies ${when}`, async () => {
      build(inventory({}));
      await die(at);
      assert.equal(world.writes.length, 1);
      await run();
      await run();
      // The finding itself died with the run; the change is in the ledger.
      const notices = await outbox();
      assert.equal(notices.length, 1);
      assert.match(JSON.stringify(notices[0]?.content), /grant roles\/run\.invoker on /);
    });
  }

  it('names what the limit left over, in one message a day', async () => {
    build(inventory({ services: regions }), { settings: { slack, limits: { changesPerRun: 2 } } });
    await run();
    const alerts = (await outbox()).filter(({ content }) => content.kind === 'alert');
    assert.equal(alerts.length, 1);
    assert.ok(alerts[0]?.content.kind === 'alert');
    assert.match(alerts[0].content.title, /limit of changes is reached in acme-prod: 10 are left/);
    assert.equal(alerts[0].content.lines.length, 11);
  });

  it('is nothing without settings of Slack', async () => {
    build(withPerson, { settings: {} });
    await run();
    assert.deepEqual(await outbox(), []);
  });
});
