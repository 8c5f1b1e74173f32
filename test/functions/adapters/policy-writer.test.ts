import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dryRun } from '../../../functions/adapters/dry-run-writer.ts';
import type { PolicyApi } from '../../../functions/adapters/policy-api.ts';
import { createPolicyWriter, type PolicyWriter } from '../../../functions/adapters/policy-writer.ts';
import type { PolicyChange } from '../../../functions/core/change/change.ts';
import { isUnconditional } from '../../../functions/core/change/policy-edit.ts';
import type { Binding, Policy } from '../../../functions/core/inventory.ts';
import { AppError } from '../../../functions/errors.ts';
import { arbitraryPolicy } from '../../support/arbitrary-policy.ts';
import { agent, clientMember } from '../../support/estate.ts';

const resource = '//run.googleapis.com/projects/shop/locations/europe-west1/services/web';
const role = 'roles/run.invoker';
const grant: PolicyChange = { capability: 'grant-invoker', kind: 'add', resource, role, members: [agent] };

/** One policy in memory that is read and written as Google does it, with errors that tests put in the way. */
function setUp(start: Policy, capabilities: readonly string[] = ['grant-invoker']) {
  let policy = start;
  let etag = 1;
  let now = 1_000_000;
  const faults: { on: 'get' | 'set'; error: unknown; isDone?: boolean }[] = [];
  const sent: Policy[] = [];
  let reads = 0;
  const draw = (on: 'get' | 'set') => (faults[0]?.on === on ? faults.shift() : undefined);
  const store = (next: Policy) => {
    etag += 1;
    policy = { ...next, etag: `etag-${etag}` };
  };
  const api: PolicyApi = {
    async get() {
      reads += 1;
      const fault = draw('get');
      if (fault) throw fault.error;
      return structuredClone(policy);
    },
    async set(_, next) {
      sent.push(structuredClone(next));
      const fault = draw('set');
      if (fault?.isDone) store(next);
      if (fault) throw fault.error;
      if (next.etag !== policy.etag) throw google(409, 'ABORTED');
      store(next);
      return structuredClone(policy);
    },
  };
  const timing = { sleep: async () => undefined, random: () => 0.5, now: () => 0 };
  const writer = createPolicyWriter({ api, clock: { now: () => now }, timing, capabilities });
  return {
    writer,
    faults,
    sent,
    api,
    reads: () => reads,
    policy: () => policy,
    /** Somebody else writes. */
    change: (edit: (policy: Policy) => Policy) => store(edit(policy)),
    wait(ms: number) {
      now += ms;
    },
  };
}

function google(status: number, state: string, reason?: string): Error {
  const error = { code: status, status: state, message: 'words', ...(reason ? { errors: [{ reason }] } : {}) };
  return Object.assign(new Error('words'), { response: { status, data: { error } } });
}

describe('policy writer', () => {
  it('adds the member and sends the etag that it read', async () => {
    const { writer, sent, policy } = setUp({ etag: 'etag-1' });
    const { changed, before, after } = await writer.changePolicy(grant);
    assert.deepEqual(sent, [{ etag: 'etag-1', bindings: [{ role, members: [agent] }] }]);
    assert.equal(changed, true);
    assert.deepEqual(before, { etag: 'etag-1' });
    assert.deepEqual(after, policy());
  });

  it('writes nothing when there is nothing to change', async () => {
    const { writer, sent } = setUp({ etag: 'etag-1', bindings: [{ role, members: [agent] }] });
    assert.equal((await writer.changePolicy(grant)).changed, false);
    assert.deepEqual(sent, []);
  });

  it('leaves everything else of any policy untouched and in order', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPolicy, fc.constantFrom(agent, clientMember), async (generated, member) => {
        const start: Policy = JSON.parse(JSON.stringify(generated));
        const { writer, policy } = setUp(start);
        const change = { ...grant, members: [member] };
        const { changed } = await writer.changePolicy(change);
        assert.deepEqual(foreign(policy(), member), foreign(start, member));
        const held = (policy().bindings ?? []).filter((binding) => isUnconditional(binding, role));
        assert.ok(held.some(({ members }) => members?.some((one) => one.toLowerCase() === member.toLowerCase())));
        if (!changed) assert.deepEqual(policy(), start);
        if ((policy().bindings ?? []).some(({ condition }) => condition)) assert.equal(policy().version, 3);
      }),
      { numRuns: 300 },
    );
  });

  it('never sends the stale policy again: what others wrote in between stays', async () => {
    const { writer, faults, change, policy, sent } = setUp({ etag: 'etag-1' });
    const other: Binding = { role: 'roles/run.viewer', members: ['user:ann@acme.example'] };
    faults.push({ on: 'set', error: google(409, 'ABORTED') });
    change((now) => ({ ...now, bindings: [other] }));
    await writer.changePolicy({ ...grant, base: { policy: { etag: 'etag-1' }, readAt: 1_000_000 } });
    assert.deepEqual(policy().bindings, [other, { role, members: [agent] }]);
    assert.deepEqual(
      sent.map(({ etag }) => etag),
      ['etag-1', 'etag-2'],
    );
  });

  it('uses a live read younger than 5 s as its base, and reads anew when it is older', async () => {
    for (const [age, reads] of [
      [4_999, 0],
      [5_000, 1],
    ] as const) {
      const world = setUp({ etag: 'etag-1' });
      world.wait(age);
      await world.writer.changePolicy({ ...grant, base: { policy: { etag: 'etag-1' }, readAt: 1_000_000 } });
      assert.equal(world.reads(), reads, `${age} ms`);
    }
  });

  it('says that it changed the policy when a write took effect although its answer was lost', async () => {
    const { writer, faults, sent } = setUp({ etag: 'etag-1' });
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    faults.push({ on: 'set', error: reset, isDone: true });
    const { changed, before, after } = await writer.changePolicy(grant);
    assert.equal(changed, true);
    assert.equal(before.etag, 'etag-1');
    assert.equal(after.etag, 'etag-2');
    assert.equal(sent.length, 1);
  });

  it('says that somebody else did it when its own write was refused and the member is there', async () => {
    const { writer, faults, change, sent } = setUp({ etag: 'etag-1' });
    faults.push({ on: 'set', error: google(409, 'ABORTED') });
    change((now) => ({ ...now, bindings: [{ role, members: [agent] }] }));
    const stale = { policy: { etag: 'etag-1' }, readAt: 1_000_000 };
    assert.equal((await writer.changePolicy({ ...grant, base: stale })).changed, false);
    assert.equal(sent.length, 1);
  });

  for (const [title, on, error, code] of [
    ['400 INVALID_ARGUMENT on the write', 'set', google(400, 'INVALID_ARGUMENT'), 'principal-does-not-exist'],
    ['400 INVALID_ARGUMENT on the read', 'get', google(400, 'INVALID_ARGUMENT'), 'write-failed'],
    ['400 FAILED_PRECONDITION', 'set', google(400, 'FAILED_PRECONDITION'), 'write-denied'],
    ['403 on the write', 'set', google(403, 'PERMISSION_DENIED'), 'write-denied'],
    ['403 on the read', 'get', google(403, 'PERMISSION_DENIED'), 'write-denied'],
    ['404', 'get', google(404, 'NOT_FOUND'), 'write-failed'],
  ] as const) {
    it(`calls ${title} ${code}, at once`, async () => {
      const { writer, faults, reads } = setUp({ etag: 'etag-1' });
      faults.push({ on, error });
      await assert.rejects(
        () => writer.changePolicy(grant),
        (thrown: unknown) =>
          thrown instanceof AppError && thrown.code === code && !('response' in Object(thrown.cause)),
      );
      assert.equal(reads(), 1);
    });
  }

  it('gives up after bounded tries, as write-failed', async () => {
    const { writer, faults, reads } = setUp({ etag: 'etag-1' });
    for (let n = 0; n < 99; n += 1) faults.push({ on: 'set', error: google(409, 'ABORTED') });
    await assert.rejects(() => writer.changePolicy(grant), { code: 'write-failed' });
    assert.equal(reads(), 12);
  });

  it('sees when Google says yes and does not keep the member', async () => {
    const { writer, api } = setUp({ etag: 'etag-1' });
    api.set = async () => ({ etag: 'etag-2' });
    await assert.rejects(() => writer.changePolicy(grant), { code: 'write-not-kept' });
  });

  for (const [title, change, capabilities] of [
    ['a capability that is off', grant, []],
    ['another role', { ...grant, role: 'roles/run.admin' }, undefined],
    ['a member that is no IAP identity', { ...grant, members: ['allUsers'] }, undefined],
    ['a project’s policy', { ...grant, resource: '//cloudresourcemanager.googleapis.com/projects/shop' }, undefined],
  ] as const) {
    it(`refuses ${title} before anything is sent`, async () => {
      const { writer, sent } = setUp({ etag: 'etag-1' }, capabilities);
      await assert.rejects(() => writer.changePolicy(change), { code: 'write-refused' });
      assert.deepEqual(sent, []);
    });
  }
});

describe('policy writer: grant before revoke', () => {
  const revoke: PolicyChange = {
    capability: 'revoke-invoker',
    kind: 'remove',
    resource,
    role,
    members: ['allUsers'],
    requires: [agent],
  };
  const on = ['grant-invoker', 'revoke-invoker'];
  const both: Policy = { etag: 'etag-1', bindings: [{ role, members: [agent, 'allUsers'] }] };

  it('takes the member out where who must stay holds a grant, and sends the rest as it was', async () => {
    const { writer, sent } = setUp(both, on);
    assert.equal((await writer.changePolicy(revoke)).changed, true);
    assert.deepEqual(sent, [{ etag: 'etag-1', bindings: [{ role, members: [agent] }] }]);
  });

  it('sends nothing where the live policy lacks that grant, whatever the plan was made from', async () => {
    const { writer, sent } = setUp({ etag: 'etag-1', bindings: [{ role, members: ['allUsers'] }] }, on);
    await assert.rejects(() => writer.changePolicy(revoke), { code: 'grant-before-revoke' });
    assert.deepEqual(sent, []);
  });

  it('looks again when somebody else writes in between, and stops when they took the grant', async () => {
    const { writer, sent, faults, change } = setUp(both, on);
    faults.push({ on: 'set', error: google(409, 'ABORTED') });
    const stale = { policy: both, readAt: 1_000_000 };
    change(() => ({ bindings: [{ role, members: ['allUsers'] }] }));
    await assert.rejects(() => writer.changePolicy({ ...revoke, base: stale }), { code: 'grant-before-revoke' });
    assert.equal(sent.length, 1);
  });

  it('takes a member out of exactly the binding with that condition', async () => {
    const condition = { title: 'day', expression: 'request.time.getHours() < 18' };
    const start = {
      etag: 'etag-1',
      version: 3,
      bindings: [
        { role, members: [agent, 'allUsers'] },
        { role, members: ['allUsers'], condition },
      ],
    };
    const { writer, sent } = setUp(start, on);
    await writer.changePolicy({ ...revoke, condition });
    assert.deepEqual(sent, [{ ...start, bindings: start.bindings.slice(0, 1) }]);
  });

  it('sees when Google says yes and keeps the member', async () => {
    const { writer, api } = setUp(both, on);
    api.set = async () => both;
    await assert.rejects(() => writer.changePolicy(revoke), { code: 'write-not-kept' });
  });
});

describe('dry run of the policy writer', () => {
  const never = async () => assert.fail('not a policy');
  const preview = (policies: PolicyWriter) =>
    dryRun({
      policies,
      ingress: { previewIngress: never },
      pushes: { previewPushAudience: () => assert.fail() },
      audiences: { previewCustomAudience: () => assert.fail() },
      identities: { previewIdentity: never },
    });

  it('says what would change, and writes nothing', async () => {
    const { writer, sent, policy } = setUp({ etag: 'etag-1' });
    const { changed, before, after } = await preview(writer).changePolicy(grant);
    assert.equal(changed, true);
    assert.deepEqual([before.bindings, after.bindings], [undefined, [{ role, members: [agent] }]]);
    assert.deepEqual(sent, []);
    assert.deepEqual(policy(), { etag: 'etag-1' });
  });

  it('stands behind the same guard', async () => {
    const { writer } = setUp({ etag: 'etag-1' });
    await assert.rejects(() => preview(writer).changePolicy({ ...grant, members: ['allUsers'] }), {
      code: 'write-refused',
    });
  });
});

/** A policy without etag, version and this member of the unconditional invoker binding; a binding that is left empty goes. */
function foreign(policy: Policy, member: string): unknown {
  const { etag: _etag, version: _version, bindings = [], ...rest } = policy;
  const isOurs = (one: string) => one.toLowerCase() === member.toLowerCase();
  const kept = bindings.map((binding) =>
    isUnconditional(binding, role)
      ? { ...binding, members: (binding.members ?? []).filter((one) => !isOurs(one)) }
      : binding,
  );
  return { ...rest, bindings: kept.filter(({ members }) => members === undefined || members.length > 0) };
}
