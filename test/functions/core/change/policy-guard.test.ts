import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PolicyChange } from '../../../../functions/core/change/change.ts';
import { addMembers, hasCondition, removeMembers } from '../../../../functions/core/change/policy-edit.ts';
import { assertGrantsStay, assertLegalChange, invokerRole } from '../../../../functions/core/change/policy-guard.ts';
import { isSameJson } from '../../../../functions/core/change/same-json.ts';
import type { Binding, Policy } from '../../../../functions/core/inventory.ts';
import { arbitraryPolicy } from '../../../support/arbitrary-policy.ts';
import { agent, clientMember, grant, policy, service } from '../../../support/estate.ts';

const add: PolicyChange = {
  capability: 'grant-invoker',
  kind: 'add',
  resource: service().name,
  role: invokerRole,
  members: [agent],
};
const undo: PolicyChange = { ...add, kind: 'remove', undoes: 'run-1' };
const on = ['grant-invoker'];
const passes = (before: Policy, after: Policy, change = add, capabilities: readonly string[] = on) => {
  try {
    assertLegalChange(before, after, change, capabilities);
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'write-refused');
    return false;
  }
};

const before = policy(grant('user:a@b.c'), { role: 'roles/run.admin', members: ['user:boss@b.c'] });
const after = addMembers(before, invokerRole, [agent]);
const also = (...members: string[]) => addMembers(after, invokerRole, members);

const refused: readonly (readonly [string, Policy, Policy, PolicyChange?, (readonly string[])?])[] = [
  ['the capability is off', before, after, add, []],
  [
    'a role other than run.invoker',
    before,
    addMembers(before, 'roles/run.admin', [agent]),
    { ...add, role: 'roles/run.admin' },
  ],
  [
    'allUsers named by the change',
    before,
    addMembers(before, invokerRole, ['allUsers']),
    { ...add, members: ['allUsers'] },
  ],
  [
    'the injected principal x@y.iam.gserviceaccount.com',
    before,
    addMembers(before, invokerRole, ['serviceAccount:x@y.iam.gserviceaccount.com']),
    { ...add, members: ['serviceAccount:x@y.iam.gserviceaccount.com'] },
  ],
  [
    'a bare number',
    before,
    addMembers(before, invokerRole, ['serviceAccount:12345']),
    { ...add, members: ['serviceAccount:12345'] },
  ],
  ['a user', before, addMembers(before, invokerRole, ['user:eve@b.c']), { ...add, members: ['user:eve@b.c'] }],
  ['a member beside the named one', before, also('allUsers')],
  ['an IAP identity beside the named one', before, also(clientMember)],
  ['a member lost', before, policy(grant(agent), before.bindings?.[1] as Binding)],
  ['a binding lost', before, { ...after, bindings: (after.bindings ?? []).slice(0, 1) }],
  ['bindings in another order', before, { ...after, bindings: [...(after.bindings ?? [])].reverse() }],
  ['another etag', before, { ...after, etag: 'other' }],
  ['no etag', before, { bindings: after.bindings ?? [] }],
  ['an audit config dropped', { ...before, auditConfigs: [{ service: 'allServices' }] }, after],
  ['a condition taken off', policy({ ...grant(agent), condition: { expression: 'false' } }), policy(grant(agent))],
  [
    'version 3 forgotten beside a condition',
    { ...policy({ ...grant('user:a@b.c'), condition: { expression: 'true' } }), version: 3 },
    { ...policy({ ...grant('user:a@b.c'), condition: { expression: 'true' } }, grant(agent)), version: 1 },
  ],
  ['a removal that undoes nothing', after, before, { ...add, kind: 'remove' }],
  ['a removal of somebody else', before, policy(before.bindings?.[1] as Binding), undo],
  [
    'another kind of resource',
    before,
    after,
    { ...add, resource: '//cloudresourcemanager.googleapis.com/projects/acme-prod' },
  ],
  ['no difference', before, before],
  ['an addition on a change that removes', before, after, undo],
];

describe('policy guard: lets pass only the one legal difference', () => {
  it('passes a grant, into a binding or as a new one, and its undo', () => {
    assert.ok(passes(before, after));
    assert.ok(passes(policy(), addMembers(policy(), invokerRole, [agent])));
    assert.ok(passes(after, removeMembers(after, invokerRole, [agent]), undo));
    assert.ok(
      passes(before, addMembers(before, invokerRole, [agent, clientMember]), {
        ...add,
        members: [agent, clientMember],
      }),
    );
  });

  for (const [title, one, two, change, capabilities] of refused) {
    it(`refuses: ${title}`, () => assert.equal(passes(one, two, change, capabilities), false));
  }

  it('any two policies: passes exactly the legal difference', () => {
    let passed = 0;
    const edits = fc.constantFrom<(one: Policy) => Policy>(
      (one) => addMembers(one, invokerRole, [agent]),
      (one) => addMembers(one, invokerRole, ['allUsers']),
      (one) => addMembers(addMembers(one, invokerRole, [agent]), 'roles/run.admin', [agent]),
      (one) =>
        removeMembers(addMembers(one, invokerRole, [agent]), 'roles/run.admin', ['allUsers', 'user:Ann@acme.example']),
      (one) => ({ ...one, bindings: [...(one.bindings ?? [])].reverse() }),
      (one) => one,
    );
    fc.assert(
      fc.property(arbitraryPolicy, arbitraryPolicy, edits, fc.boolean(), (one, two, edit, unrelated) => {
        const next = unrelated ? two : edit(one);
        // The oracle knows one thing only: what the edit of exactly this change would give.
        const expected = addMembers(one, invokerRole, [agent]);
        const legal = expected !== one && isSameJson(next, expected);
        if (passes(one, next)) passed += 1;
        if (legal) assert.ok(passes(one, next), 'the legal difference passes');
        else if (passes(one, next)) assertOnlyAgentAdded(one, next);
      }),
      { numRuns: 2000 },
    );
    assert.ok(passed > 50, `only ${passed} cases were legal: the generator is too wild to prove anything`);
  });
});

const when = { title: 'office hours', expression: 'request.time.getHours() < 18' };
const open = policy(grant(agent, 'allUsers', 'user:eve@b.c'), { role: 'roles/run.admin', members: ['allUsers'] });
const revoke = (member: string, over: Partial<PolicyChange> = {}): PolicyChange => ({
  capability: 'revoke-invoker',
  kind: 'remove',
  resource: service().name,
  role: invokerRole,
  members: [member],
  ...over,
});
const without = (one: Policy, { role, members, condition }: PolicyChange) =>
  removeMembers(one, role, members, condition);
const both = ['grant-invoker', 'revoke-invoker'];
const passesRevoke = (one: Policy, two: Policy, change: PolicyChange, capabilities: readonly string[] = both) =>
  passes(one, two, change, capabilities);
const conditional = { ...policy(grant('user:eve@b.c'), { ...grant('user:eve@b.c'), condition: when }), version: 3 };

const refusedRevokes: readonly (readonly [string, Policy, Policy, PolicyChange, (readonly string[])?])[] = [
  ['the capability is off', open, without(open, revoke('allUsers')), revoke('allUsers'), on],
  [
    'the other capability named',
    open,
    without(open, revoke('allUsers')),
    revoke('allUsers', { capability: 'grant-invoker' }),
  ],
  ['an addition that undoes nothing', without(open, revoke('allUsers')), open, revoke('allUsers', { kind: 'add' })],
  [
    'two members in one change',
    open,
    policy(grant(agent), open.bindings?.[1] as Binding),
    revoke('allUsers', { members: ['allUsers', 'user:eve@b.c'] }),
  ],
  ['a member beside the named one', open, policy(grant(agent), open.bindings?.[1] as Binding), revoke('allUsers')],
  ['the same member in another role', open, policy(...(open.bindings ?? []).slice(0, 1)), revoke('allUsers')],
  ['the same member in two roles at once', open, policy(grant(agent, 'user:eve@b.c')), revoke('allUsers')],
  [
    'people out of a role that does more than invoke',
    policy({ role: 'roles/run.admin', members: ['user:eve@b.c'] }),
    policy(),
    revoke('user:eve@b.c', { role: 'roles/run.admin' }),
  ],
  [
    'the public out of a role that cannot invoke',
    policy({ role: 'roles/run.viewer', members: ['allUsers'] }),
    policy(),
    revoke('allUsers', { role: 'roles/run.viewer' }),
  ],
  [
    'somebody else’s service account',
    policy(grant('serviceAccount:ci@acme.iam.gserviceaccount.com')),
    policy(),
    revoke('serviceAccount:ci@acme.iam.gserviceaccount.com'),
  ],
  [
    'a set of principals',
    policy(grant('principalSet://iam.googleapis.com/x')),
    policy(),
    revoke('principalSet://iam.googleapis.com/x'),
  ],
  ['a deleted member', policy(grant('deleted:user:eve@b.c?uid=1')), policy(), revoke('deleted:user:eve@b.c?uid=1')],
  [
    'the conditional binding when the other one is named',
    conditional,
    { ...conditional, bindings: (conditional.bindings ?? []).slice(0, 1) },
    revoke('user:eve@b.c'),
  ],
  [
    'the binding without condition when the conditional one is named',
    conditional,
    { ...conditional, bindings: (conditional.bindings ?? []).slice(1) },
    revoke('user:eve@b.c', { condition: when }),
  ],
  [
    'a condition that only looks alike',
    conditional,
    { ...conditional, bindings: (conditional.bindings ?? []).slice(0, 1) },
    revoke('user:eve@b.c', { condition: { ...when, title: 'other' } }),
  ],
  [
    'the condition taken off instead of the member',
    conditional,
    { ...conditional, bindings: [grant('user:eve@b.c'), grant('user:eve@b.c')] },
    revoke('user:eve@b.c', { condition: when }),
  ],
  [
    'a project',
    open,
    without(open, revoke('allUsers')),
    revoke('allUsers', { resource: '//cloudresourcemanager.googleapis.com/projects/acme-prod' }),
  ],
  ['another etag', open, { ...without(open, revoke('allUsers')), etag: 'other' }, revoke('allUsers')],
  ['no difference', open, open, revoke('allUsers')],
];

describe('policy guard: a revoke takes one member out of one binding', () => {
  const legal: readonly (readonly [string, Policy, PolicyChange])[] = [
    ['the public', open, revoke('allUsers')],
    ['the public out of a wider role', open, revoke('allUsers', { role: 'roles/run.admin' })],
    [
      'the public out of a custom role',
      policy({ role: 'projects/acme-prod/roles/own', members: ['allAuthenticatedUsers'] }),
      revoke('allAuthenticatedUsers', { role: 'projects/acme-prod/roles/own' }),
    ],
    ['a person', open, revoke('user:eve@b.c')],
    ['a domain', policy(grant('domain:b.c')), revoke('domain:b.c')],
    [
      'a group out of the role that only invokes services',
      policy({ role: 'roles/run.servicesInvoker', members: ['group:ops@b.c'] }),
      revoke('group:ops@b.c', { role: 'roles/run.servicesInvoker' }),
    ],
    ['a person under exactly that condition', conditional, revoke('user:eve@b.c', { condition: when })],
    ['a person beside a conditional binding', conditional, revoke('user:eve@b.c')],
    ['an IAP agent', open, revoke(agent)],
    ['a client ID', policy(grant(clientMember)), revoke(clientMember)],
  ];
  for (const [title, one, change] of legal) {
    it(`passes, and passes its undo: ${title}`, () => {
      const two = without(one, change);
      assert.notEqual(two, one);
      assert.ok(passesRevoke(one, two, change));
      const undone = addMembers(two, change.role, change.members, change.condition);
      assert.ok(passesRevoke(two, undone, { ...change, kind: 'add', undoes: 'run-1' }));
    });
  }

  for (const [title, one, two, change, capabilities] of refusedRevokes) {
    it(`refuses: ${title}`, () => assert.equal(passesRevoke(one, two, change, capabilities), false));
  }

  it('any two policies: passes exactly the legal difference', () => {
    let passed = 0;
    const change = revoke('allUsers');
    const edits = fc.constantFrom<(one: Policy) => Policy>(
      (one) => without(one, change),
      (one) => without(one, revoke(agent)),
      (one) => without(without(one, change), revoke('allUsers', { role: 'roles/run.admin' })),
      (one) => addMembers(without(one, change), invokerRole, ['user:eve@b.c']),
      (one) => ({ ...without(one, change), bindings: [...(without(one, change).bindings ?? [])].reverse() }),
      (one) => one,
    );
    fc.assert(
      fc.property(arbitraryPolicy, edits, (one, edit) => {
        const next = edit(one);
        const lost = entriesOf(one).filter((entry) => !entriesOf(next).includes(entry));
        const gained = entriesOf(next).filter((entry) => !entriesOf(one).includes(entry));
        if (!passesRevoke(one, next, change)) {
          const expected = without(one, change);
          assert.ok(expected === one || !isSameJson(next, expected), 'the legal difference passes');
          return;
        }
        passed += 1;
        assert.deepEqual([...new Set(lost)], [JSON.stringify([invokerRole, 'allUsers', null])]);
        assert.deepEqual(gained, []);
      }),
      { numRuns: 2000 },
    );
    assert.ok(passed > 50, `only ${passed} cases were legal: the generator is too wild to prove anything`);
  });
});

describe('policy guard: grant before revoke', () => {
  const needs = { ...revoke('allUsers'), requires: [agent] };
  const stays = (one: Policy) => () => assertGrantsStay(one, needs);
  const refusal = { code: 'grant-before-revoke' };

  it('lets nothing be shut unless who must get in holds a grant of its own', () => {
    assert.doesNotThrow(stays(policy(grant(agent))));
    assert.doesNotThrow(stays(policy({ role: 'roles/run.admin', members: [agent] })));
    assert.throws(stays(policy()), refusal);
    assert.throws(stays(policy(grant('allUsers', 'user:eve@b.c'))), refusal);
    assert.throws(stays(policy({ role: 'roles/run.viewer', members: [agent] })), refusal);
    assert.throws(stays({ ...policy({ ...grant(agent), condition: when }), version: 3 }), refusal);
    assert.throws(stays(policy({ role: 'projects/acme-prod/roles/own', members: [agent] })), refusal);
  });
});

function entriesOf({ bindings = [] }: Policy): readonly string[] {
  return bindings.flatMap((binding) =>
    (binding.members ?? []).map((member) =>
      JSON.stringify([binding.role, member, hasCondition(binding) ? binding.condition : null]),
    ),
  );
}

/** A pass that is not the edit's own choice may only be the same grant put into another unconditional invoker binding. */
function assertOnlyAgentAdded(one: Policy, next: Policy): void {
  const flat = (policy: Policy) =>
    (policy.bindings ?? []).flatMap(({ role, members = [], condition }) =>
      members.map((member) => JSON.stringify([role, member, condition ?? null])),
    );
  const extra = flat(next).filter((entry) => !flat(one).includes(entry));
  const lost = flat(one).filter((entry) => !flat(next).includes(entry));
  assert.deepEqual(lost, []);
  for (const entry of extra) assert.equal(JSON.parse(entry)[1].toLowerCase(), agent.toLowerCase());
}
