import assert from 'node:assert/strict';
import { hashPlan } from '../../../../functions/core/approval/hash-plan.ts';
import { type ApprovalInput, planApproval, quietMs } from '../../../../functions/core/approval/plan-approval.ts';
import { listSteps } from '../../../../functions/core/approval/steps.ts';
import type { Approval } from '../../../../functions/core/people.ts';
import type { PlannedChange } from '../../../../functions/core/plan/planned-change.ts';
import { service } from '../../../support/estate.ts';

const now = 1_800_000_000_000;
const revoke = (member: string, findingId = member): PlannedChange => ({
  change: {
    capability: 'revoke-invoker',
    kind: 'remove',
    resource: service().name,
    role: 'roles/run.invoker',
    members: [member],
  },
  findingIds: [findingId],
  trial: false,
});
const [ann, bob, cid] = [
  revoke('user:ann@acme.example'),
  revoke('user:bob@acme.example'),
  revoke('user:cid@acme.example'),
];
const question = (changes: readonly PlannedChange[], over: Partial<Approval> = {}): Approval => ({
  id: 'q',
  project: 'acme-prod',
  planHash: hashPlan(changes),
  changes,
  askedAt: now - 1000,
  expiresAt: now + 1000,
  state: 'waiting',
  ...over,
});
const plan = (over: Partial<ApprovalInput>) => {
  const asks = over.asks ?? [ann, bob];
  const wanted = new Set(asks.flatMap(({ change }) => listSteps(change)));
  return planApproval({ asks, wanted, waiting: undefined, ended: [], now, limit: 25, ...over });
};
const steps = (...changes: readonly PlannedChange[]) => new Set(changes.flatMap(({ change }) => listSteps(change)));

describe('what people are asked', () => {
  it('is everything that a yes could lead to', () => assert.deepEqual(plan({}), [ann, bob]));

  it('is nothing where nothing is planned', () => assert.deepEqual(plan({ asks: [] }), []));

  it('has each change once, with every finding that asks for it', () => {
    assert.deepEqual(plan({ asks: [revoke('allUsers', 'f1'), revoke('allUsers', 'f2')] }), [
      { ...revoke('allUsers'), findingIds: ['f1', 'f2'] },
    ]);
  });

  it('keeps what waits and is still called for, although this run could not judge it', () => {
    const waiting = question([ann, bob]);
    const kept = plan({ asks: [cid], wanted: steps(ann, bob, cid), waiting });
    assert.equal(hashPlan(kept), hashPlan([ann, bob, cid]));
  });

  it('drops what waits and is called for no more', () => {
    assert.deepEqual(plan({ asks: [bob], wanted: steps(bob), waiting: question([ann, bob]) }), [bob]);
  });

  it('is no longer than one run may change: the oldest first, and never a question without end', () => {
    assert.deepEqual(plan({ asks: [ann, bob, cid], limit: 2 }), [ann, bob]);
    assert.deepEqual(plan({ limit: 0 }), []);
  });

  it('leaves out for a day what somebody said no to', () => {
    const decision = { approved: false, by: 'ann@acme.example', at: now - quietMs + 1 };
    const ended = [question([ann], { state: 'rejected', decision })];
    assert.deepEqual(plan({ ended }), [bob]);
    const older = [question([ann], { state: 'rejected', decision: { ...decision, at: now - quietMs } })];
    assert.deepEqual(plan({ ended: older }), [ann, bob]);
  });

  it('does not ask for a day again what nobody answered, unless something is new', () => {
    const expired = (changes: readonly PlannedChange[], ago: number) =>
      question(changes, { state: 'expired', expiresAt: now - ago });
    assert.deepEqual(plan({ ended: [expired([ann, bob], 1)] }), []);
    assert.deepEqual(plan({ asks: [ann], ended: [expired([ann, bob], 1)] }), [], 'a part of it is nothing new');
    assert.deepEqual(plan({ ended: [expired([ann], 1)] }), [ann, bob], 'bob is new');
    assert.deepEqual(plan({ ended: [expired([ann, bob], quietMs)] }), [ann, bob], 'a day later');
  });
});
