import assert from 'node:assert/strict';
import { buildAccessorChange } from '../../../../functions/actions/grant-iap-accessor.ts';
import { createPolicyWriter } from '../../../../functions/adapters/policy-writer.ts';
import type { PolicyEdit } from '../../../../functions/core/change/change.ts';
import { addMembers, removeMembers } from '../../../../functions/core/change/policy-edit.ts';
import { assertLegalChange } from '../../../../functions/core/change/policy-guard.ts';
import { agent, policy, service } from '../../../support/estate.ts';

const member = 'serviceAccount:push@p.iam.gserviceaccount.com';
const subscription = '//pubsub.googleapis.com/projects/p/subscriptions/s';
const change = buildAccessorChange({
  kind: 'grant-iap-accessor',
  resource: '//iap.googleapis.com/projects/p/iap_web/compute-europe-west1/services/7',
  member,
  subscription,
  endpoint: 'https://shop.acme.example/hook',
  backend: '//compute.googleapis.com/projects/p/regions/europe-west1/backendServices/shop',
});
const before = policy({ role: 'roles/iap.httpsResourceAccessor', members: ['user:ann@acme.example'] });
const on = ['grant-iap-accessor'];

function guard(one: PolicyEdit, capabilities: readonly string[] = on): void {
  const edit = one.kind === 'add' ? addMembers : removeMembers;
  const from = one.kind === 'add' ? before : addMembers(before, one.role, one.members);
  assertLegalChange(from, edit(from, one.role, one.members, one.condition), one, capabilities);
}

describe('the guard before an IAP policy is written', () => {
  it('lets one pushing account be added at one backend, and taken out again by the undo', () => {
    guard(change);
    guard({ ...change, kind: 'remove', undoes: 'c' });
  });

  const refused: readonly (readonly [string, Partial<PolicyEdit>, (readonly string[])?])[] = [
    ['the capability is off', {}, ['grant-invoker']],
    ['a person', { members: ['user:eve@acme.example'] }],
    ['everybody', { members: ['allUsers'] }],
    ['IAP’s own agent', { members: [agent] }],
    ['two accounts', { members: [member, 'serviceAccount:b@p.iam.gserviceaccount.com'] }],
    ['a removal that undoes nothing', { kind: 'remove' }],
    ['another role', { role: 'roles/iap.admin' }],
    ['a condition', { condition: { expression: 'true' } }],
    ['the whole project', { resource: '//iap.googleapis.com/projects/p/iap_web' }],
    ['all backends', { resource: '//iap.googleapis.com/projects/p/iap_web/compute' }],
    ['a Cloud Run service', { resource: service().name }],
    [
      'an invoker grant on an IAP resource',
      { capability: 'grant-invoker', role: 'roles/run.invoker', members: [agent] },
      ['grant-invoker'],
    ],
  ];
  for (const [what, over, capabilities] of refused) {
    it(`refuses ${what}`, () =>
      assert.throws(() => guard({ ...change, ...over }, capabilities), { code: 'write-refused' }));
  }

  it('refuses an add that names no subscription, or not where it pushes', () => {
    const { subscription: _, ...unnamed } = change;
    assert.throws(() => guard(unnamed), { code: 'write-refused' });
    const { endpoint: __, ...anywhere } = change;
    assert.throws(() => guard(anywhere), { code: 'write-refused' });
  });

  it('the writer refuses what the subscription does not push as, or to, any more', async () => {
    for (const [account, endpoint] of [
      ['other@p.iam.gserviceaccount.com', 'https://shop.acme.example/hook'],
      ['push@p.iam.gserviceaccount.com', 'https://evil.example/hook'],
      ['push@p.iam.gserviceaccount.com', ''],
      [undefined, 'https://shop.acme.example/hook'],
    ] as const) {
      let sets = 0;
      const writer = createPolicyWriter({
        api: {
          get: async () => before,
          set: async (_, sent) => {
            sets += 1;
            return sent;
          },
        },
        subscriptions: {
          get: async () => ({ pushConfig: {}, endpoint, ...(account === undefined ? {} : { account }) }),
        },
        clock: { now: () => 0 },
        timing: { sleep: async () => undefined, random: () => 0, now: () => 0 },
        capabilities: on,
      });
      await assert.rejects(writer.changePolicy(change), { code: 'write-refused' });
      await assert.rejects(writer.previewPolicy(change), { code: 'write-refused' });
      assert.equal(sets, 0);
    }
  });
});
