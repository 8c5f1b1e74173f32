import assert from 'node:assert/strict';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { type Answer, decideApproval } from '../../../../functions/core/approval/decide-approval.ts';
import { hashPlan } from '../../../../functions/core/approval/hash-plan.ts';
import type { Inventory } from '../../../../functions/core/inventory.ts';
import type { Ledger } from '../../../../functions/core/ledger.ts';
import type { Approval, Decided } from '../../../../functions/core/people.ts';
import { reconcile } from '../../../../functions/core/reconcile.ts';
import type { ReconcileResult } from '../../../../functions/core/run.ts';
import { undoChange } from '../../../../functions/core/undo-change.ts';
import { AppError } from '../../../../functions/errors.ts';
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
} from '../../../support/estate.ts';
import { buildMemoryWorld, type MemoryOptions, type MemoryWorld } from '../../../support/memory-world.ts';

const shop = service();
const other = service('us-central1');
const publicShop = inventory({ services: [shop], policies: [[shop, policy(grant(agent, 'allUsers'))]] });
const capabilities = ['grant-invoker', 'revoke-invoker', 'restrict-ingress'];
const minute = 60_000;
const hour = 60 * minute;
const by = 'ann@acme.example';

describe('a change of mode approve', () => {
  let ledger: Ledger;
  let world: MemoryWorld;
  let runs = 0;

  beforeEach(async () => {
    ledger = await openSqliteLedger(':memory:', () => world.time);
  });
  afterEach(() => ledger.close());

  const build = (estate: Inventory | (() => Inventory), options: Omit<MemoryOptions, 'ledger'> = {}) => {
    world = buildMemoryWorld(estate, { ledger, settings: { capabilities }, ...options });
  };
  const run = (reason: 'event' | 'sweep' | 'approval' = 'sweep'): Promise<ReconcileResult> => {
    runs += 1;
    world.time += 1000;
    return reconcile({ project: 'acme-prod', reason, runId: `run-${runs}` }, world);
  };
  const waiting = async (): Promise<Approval | undefined> => (await ledger.approvals({ state: 'waiting' }))[0];
  const question = async (): Promise<Approval> => {
    const found = await waiting();
    assert.ok(found, 'nobody is asked');
    return found;
  };
  const answer = async (asked: Approval, over: Partial<Answer> = {}): Promise<Decided> => {
    const { id: approvalId, planHash } = asked;
    return (await decideApproval({ approvalId, planHash, approved: true, by, ...over }, world)).outcome;
  };
  const stateOf = async ({ id }: Approval) => (await ledger.findApproval(id))?.state;
  const members = (name = shop.name) =>
    (world.policies.get(name)?.bindings ?? []).flatMap((binding) => binding.members ?? []);
  const askedMembers = ({ changes }: Approval) =>
    changes.flatMap(({ change }) => ('members' in change ? change.members : [change.kind])).sort();
  /** Asks, says yes, and lets the time pass that removals wait. */
  const approveAndWait = async () => {
    await run();
    const asked = await question();
    assert.equal(await answer(asked), 'decided');
    world.time += 11 * minute;
    return asked;
  };

  it('is asked for once, by the exact list, also before its time has come', async () => {
    build(publicShop);
    assert.equal((await run()).outcome, 'waiting');
    const asked = await question();
    assert.equal(asked.planHash, hashPlan(asked.changes));
    assert.deepEqual(askedMembers(asked), ['allUsers']);
    assert.equal(asked.expiresAt, asked.askedAt + 24 * hour);
    world.time += hour;
    await run('event');
    assert.deepEqual(await ledger.approvals(), [asked]);
    assert.equal(world.changes.length, 0);
  });

  it('is made after a yes and not before its time, and the ledger says who approved it', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    await answer(asked);
    const early = await run('approval');
    assert.deepEqual(
      [early.left.map(({ why }) => why), early.left[0]?.until !== undefined],
      [['grant-too-young'], true],
    );
    assert.deepEqual([world.changes.length, await stateOf(asked)], [0, 'approved']);
    world.time += 11 * minute;
    const { outcome, changes } = await run('event');
    assert.equal(outcome, 'fixed');
    assert.deepEqual(members(), [agent]);
    assert.deepEqual([changes[0]?.approvedBy, changes[0]?.approvalId], [by, asked.id]);
    assert.equal((await ledger.changesSince(0))[0]?.approvedBy, by);
    assert.deepEqual([await stateOf(asked), await waiting()], ['applied', undefined]);
  });

  it('of a grant without consent is made after a yes, in a write of its own beside an enforced one', async () => {
    build(inventory({ services: [shop, service('us-central1', { ingress: 'all', defaultUrlDisabled: true })] }));
    await run();
    assert.deepEqual([members(shop.name), members(other.name)], [[agent], []]);
    assert.equal(await answer(await question()), 'decided');
    await run('approval');
    assert.deepEqual(members(other.name), [agent]);
    const approvers = (await ledger.changesSince(0)).map(({ change, approvedBy }) => [change.resource, approvedBy]);
    assert.deepEqual(approvers, [
      [other.name, by],
      [shop.name, undefined],
    ]);
  });

  it('that is approved stands alone beside an enforced one on the same service: each says who approved it', async () => {
    const day = { ...grant(clientMember), condition: { title: 'day', expression: 'request.time.getHours() < 18' } };
    build(
      inventory({
        services: [shop],
        backends: [backend([neg(shop)], { oauth2ClientId: clientId })],
        policies: [[shop, { ...policy(day), version: 3 }]],
      }),
    );
    await ledger.acceptClientId(clientId);
    await run();
    assert.equal(await answer(await question()), 'decided');
    world.policies.set(shop.name, { ...policy(day), version: 3 });
    await run('approval');
    const made = world.writes.slice(-2).map((write) => write.members);
    assert.deepEqual(made.flat().sort(), [agent, clientMember].sort());
    const [last, before] = await ledger.changesSince(0);
    const approvers = [last, before].map((one) => [one?.change.kind === 'add' && one.change.members, one?.approvedBy]);
    assert.deepEqual(
      new Map(approvers.map(([who, whose]) => [String(who), whose])),
      new Map([
        [agent, undefined],
        [clientMember, by],
      ]),
    );
  });

  it('that is approved while a run is on its way is not asked for once more', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    const { saveFindings } = ledger;
    ledger.saveFindings = async (...args) => {
      await answer(asked);
      return saveFindings(...args);
    };
    await run();
    assert.deepEqual([await stateOf(asked), await waiting()], ['approved', undefined]);
  });

  it('that is new since the question is asked for again; what was approved is made', async () => {
    build(publicShop);
    const asked = await approveAndWait();
    world.policies.set(shop.name, policy(grant(agent, 'allUsers', 'user:eve@acme.example')));
    await run('approval');
    assert.deepEqual(members(), [agent, 'user:eve@acme.example']);
    assert.deepEqual(askedMembers(await question()), ['user:eve@acme.example']);
    assert.equal(await stateOf(asked), 'applied');
  });

  it('that somebody else has made meanwhile is not made again: the yes is outdated', async () => {
    build(publicShop);
    const asked = await approveAndWait();
    world.policies.set(shop.name, policy(grant(agent)));
    await run('approval');
    assert.deepEqual([world.changes.length, await stateOf(asked)], [0, 'outdated']);
  });

  it('cannot be approved by the old question once another list is planned; nothing changes', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    world.policies.set(shop.name, policy(grant(agent, 'allUsers', 'user:eve@acme.example')));
    await run();
    assert.equal(await stateOf(asked), 'superseded');
    const before = await ledger.approvals();
    assert.equal(await answer(asked), 'changed-since');
    assert.deepEqual(await ledger.approvals(), before);
    assert.equal(await answer(await question(), { planHash: asked.planHash }), 'changed-since');
    world.time += 11 * minute;
    await run('approval');
    assert.equal(world.changes.length, 0);
  });

  it('is approved once only: the second person hears that it was decided, the same person again is no other answer', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    assert.equal(await answer(asked), 'decided');
    assert.equal(await answer(asked, { by: 'bob@acme.example', approved: false }), 'already-decided');
    assert.equal(await answer(asked), 'decided');
    assert.equal((await ledger.findApproval(asked.id))?.decision?.by, by);
    assert.deepEqual(await ledger.holds('acme-prod', world.time), []);
  });

  it('is not asked for within a day of a no, and the hold says whose', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    assert.equal(await answer(asked, { approved: false, why: 'fair until Friday' }), 'decided');
    const [hold] = await ledger.holds('acme-prod', world.time);
    assert.deepEqual([hold?.resource, hold?.member], [shop.name, 'allUsers']);
    assert.equal(hold?.reason, `${by} said no to ${asked.id}: fair until Friday`);
    world.time += 23 * hour;
    await run();
    assert.equal(await waiting(), undefined);
    world.time += hour;
    await run();
    assert.deepEqual(askedMembers(await question()), ['allUsers']);
  });

  it('that nobody answered expires, and is asked for again a day later', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    world.time = asked.expiresAt;
    await run();
    assert.deepEqual([await stateOf(asked), await waiting()], ['expired', undefined]);
    assert.equal(await answer(asked), 'expired');
    world.time += 23 * hour;
    await run();
    assert.equal(await waiting(), undefined);
    world.time += hour;
    await run();
    assert.notEqual((await question()).id, asked.id);
  });

  it('is asked for again when the yes is a day old and it could not be made', async () => {
    build(publicShop);
    const asked = await approveAndWait();
    world.time = (await ledger.findApproval(asked.id))?.decision?.at ?? 0;
    world.time += 24 * hour;
    await run();
    assert.deepEqual([world.changes.length, await stateOf(asked)], [0, 'outdated']);
    assert.deepEqual(askedMembers(await question()), ['allUsers']);
  });

  it('is not made when the list beside the answer is not the list that was answered', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    const planHash = hashPlan([]);
    await ledger.askApproval({ ...asked, id: 'forged', planHash });
    assert.equal(await answer({ ...asked, id: 'forged', planHash }), 'decided');
    world.time += 11 * minute;
    await run('approval');
    assert.equal(world.changes.length, 0);
    assert.ok(world.lines.some(({ level, fields }) => level === 'error' && fields['code'] === 'approval-changed'));
    assert.equal(await stateOf({ ...asked, id: 'forged' }), 'outdated');
  });

  it('waits out a pause, question or yes', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    await ledger.setPaused(true, { who: 'ann', why: 'freeze' });
    await run();
    assert.equal(await stateOf(asked), 'waiting');
    await answer(asked);
    world.time += 11 * minute;
    await run('approval');
    assert.deepEqual([world.changes.length, await stateOf(asked)], [0, 'approved']);
    await ledger.setPaused(false, { who: 'ann', why: 'over' });
    await run();
    assert.deepEqual([members(), await stateOf(asked)], [[agent], 'applied']);
  });

  it('stays in the question of a run that could not read everything, and in that of an event that looks at less', async () => {
    let gap = false;
    build(() => ({
      ...publicShop,
      unreadable: gap ? [{ resource: shop.name, code: 'iam-policy-denied', message: 'denied' }] : [],
    }));
    await run();
    const asked = await question();
    gap = true;
    await run();
    assert.deepEqual(await ledger.approvals(), [asked]);
  });

  it('is no longer asked for when its finding is gone', async () => {
    build(publicShop);
    await run();
    const asked = await question();
    world.policies.set(shop.name, policy(grant(agent)));
    await run();
    assert.equal(await stateOf(asked), 'superseded');
    assert.equal((await ledger.approvals()).length, 1);
  });

  it('is not asked for after an undo, which holds it', async () => {
    build(publicShop);
    await approveAndWait();
    const { changes } = await run('approval');
    await undoChange(changes[0]?.id ?? '', 'undo-1', world);
    await run();
    assert.deepEqual([members().includes('allUsers'), await waiting()], [true, undefined]);
  });

  it('is asked for up to the limit of a run, and made under it', async () => {
    build(publicShop, { settings: { capabilities, limits: { changesPerRun: 1 } } });
    world.policies.set(shop.name, policy(grant(agent, 'allUsers', 'user:eve@acme.example')));
    const asked = await approveAndWait();
    assert.equal(asked.changes.length, 1);
    await run('approval');
    assert.equal(world.changes.length, 1);
    assert.equal((await question()).changes.length, 1);
  });

  it('is not made twice: a further run finds nothing to do', async () => {
    build(publicShop);
    await approveAndWait();
    await run('approval');
    await run('approval');
    assert.equal(world.changes.length, 1);
  });

  it('of a capability that another function has is left to that one, and the writer here refuses it', async () => {
    build(publicShop, { capabilities: ['grant-invoker'] });
    await approveAndWait();
    const { elsewhere, left } = await run('approval');
    assert.deepEqual([elsewhere, left.map(({ why }) => why)], [['revoke-invoker'], ['other-function']]);
    assert.equal(world.changes.length, 0);
    const { change } = (await ledger.approvals())[0]?.changes[0] ?? {};
    assert.ok(change?.kind === 'remove');
    await assert.rejects(
      world.writer.changePolicy(change),
      (error) => error instanceof AppError && error.code === 'write-refused',
    );
  });

  it('that is not approved yet is nobody’s to make: nothing is handed over', async () => {
    build(publicShop, { capabilities: ['grant-invoker'] });
    await run();
    assert.deepEqual((await run()).elsewhere, []);
  });

  it('is told of, once, and its message loses its buttons with the answer', async () => {
    build(publicShop, { settings: { capabilities, slack: { channel: 'C1' } } });
    await run();
    const asked = await question();
    await run();
    const notice = () => ledger.findNotice(`approval:${asked.id}`);
    const told = await notice();
    assert.ok(told?.content.kind === 'approval');
    assert.deepEqual([told.revision, told.content.state, told.content.lines.length], [1, 'waiting', 1]);
    await answer(asked);
    const after = (await notice())?.content;
    assert.deepEqual(after?.kind === 'approval' && [after.state, after.by], ['approved', by]);
    world.time += 11 * minute;
    await run('approval');
    const end = (await notice())?.content;
    assert.equal(end?.kind === 'approval' && end.state, 'applied');
  });

  it('whose question ended for another list loses its buttons', async () => {
    build(publicShop, { settings: { capabilities, slack: { channel: 'C1' } } });
    await run();
    const asked = await question();
    world.policies.set(shop.name, policy(grant(agent, 'allUsers', 'user:eve@acme.example')));
    await run();
    const content = (await ledger.findNotice(`approval:${asked.id}`))?.content;
    assert.equal(content?.kind === 'approval' && content.state, 'superseded');
  });
});
