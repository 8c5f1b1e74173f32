import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addMembers,
  hasMember,
  isUnconditional,
  removeMembers,
} from '../../../../functions/core/change/policy-edit.ts';
import type { Policy } from '../../../../functions/core/inventory.ts';
import { arbitraryPolicy } from '../../../support/arbitrary-policy.ts';
import { agent, clientMember, grant, policy } from '../../../support/estate.ts';

const role = 'roles/run.invoker';
const held = (one: Policy) =>
  (one.bindings ?? []).filter((binding) => isUnconditional(binding, role)).flatMap((binding) => binding.members ?? []);

describe('policy edit', () => {
  it('appends to the first unconditional binding of the role and leaves all else alone', () => {
    const before = policy(
      { role: 'roles/run.viewer', members: ['user:a@b.c'] },
      grant('user:x@y.z'),
      grant('user:q@r.s'),
    );
    const after = addMembers(before, role, [agent]);
    assert.deepEqual(after, {
      ...before,
      bindings: [before.bindings?.[0], grant('user:x@y.z', agent), before.bindings?.[2]],
    });
  });

  it('makes a new last binding where there is only a conditional one, and keeps version 3', () => {
    const conditional = { ...grant(agent), condition: { title: 't', expression: 'true' } };
    assert.deepEqual(addMembers({ etag: 'e', bindings: [conditional] }, role, [agent]), {
      etag: 'e',
      version: 3,
      bindings: [conditional, grant(agent)],
    });
  });

  it('names a member once, however often it is asked for', () => {
    assert.deepEqual(held(addMembers({}, role, [agent, agent])), [agent]);
  });

  it('adding holds, adding twice is adding once, removing takes back: any policy', () => {
    fc.assert(
      fc.property(arbitraryPolicy, fc.subarray([agent, clientMember], { minLength: 1 }), (before, members) => {
        const after = addMembers(before, role, members);
        assert.ok(members.every((member) => hasMember(held(after), member)));
        assert.equal(addMembers(after, role, members), after);
        const removed = removeMembers(after, role, members);
        assert.ok(members.every((member) => !hasMember(held(removed), member)));
        assert.equal(removeMembers(removed, role, members), removed);
        const others = (one: Policy) => (one.bindings ?? []).filter((binding) => !isUnconditional(binding, role));
        assert.deepEqual(others(after), others(before));
        assert.deepEqual(others(removed), others(before));
        const { bindings: _1, version: _2, ...rest } = before;
        const { bindings: _3, version: _4, ...restAfter } = after;
        assert.deepEqual(restAfter, rest);
      }),
      { numRuns: 500 },
    );
  });
});
