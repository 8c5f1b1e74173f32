import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PolicyChange } from '../../../functions/core/change.ts';
import type { Binding, Policy } from '../../../functions/core/inventory.ts';
import { addMembers, removeMembers } from '../../../functions/core/policy-edit.ts';
import { assertLegalChange, invokerRole } from '../../../functions/core/policy-guard.ts';
import { isSameJson } from '../../../functions/core/same-json.ts';
import { arbitraryPolicy } from '../../support/arbitrary-policy.ts';
import { agent, clientMember, grant, policy, service } from '../../support/estate.ts';

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
