import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashPlan } from '../../../../functions/core/approval/hash-plan.ts';
import { listSteps } from '../../../../functions/core/approval/steps.ts';
import type { ChangeRequest, PolicyEdit } from '../../../../functions/core/change/change.ts';
import { agent, clientMember, service } from '../../../support/estate.ts';

const shop = service().name;
const other = service('us-central1').name;
const revoke: PolicyEdit = {
  capability: 'revoke-invoker',
  kind: 'remove',
  resource: shop,
  role: 'roles/run.invoker',
  members: ['allUsers'],
};
const grant: PolicyEdit = { ...revoke, capability: 'grant-invoker', kind: 'add', members: [agent, clientMember] };
const ingress: ChangeRequest = {
  capability: 'restrict-ingress',
  kind: 'ingress',
  resource: shop,
  ingress: 'internal-and-cloud-load-balancing',
};
const hash = (...changes: readonly ChangeRequest[]) => hashPlan(changes.map((change) => ({ change })));

describe('the hash of a list of changes', () => {
  it('is the same whatever the order of the list, of its members and of its fields, and however members are grouped', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([revoke, grant, ingress], { minLength: 3 }), fc.boolean(), (list, apart) => {
        const regrouped = list.flatMap((change): ChangeRequest[] => {
          if (change !== grant) return [change];
          const single = grant.members.map((member) => ({ ...grant, members: [member] }));
          return apart ? single : [{ ...grant, members: [clientMember, agent] }];
        });
        const reversed = regrouped.map(
          (change) => Object.fromEntries(Object.entries(change).reverse()) as typeof change,
        );
        assert.equal(hash(...reversed), hash(revoke, grant, ingress));
      }),
    );
  });

  it('is the same whoever must keep access and whatever version was looked at: those are judged when it is written', () => {
    assert.equal(hash({ ...revoke, requires: [agent] }), hash(revoke));
    assert.equal(hash({ ...ingress, generation: '7' }), hash(ingress));
  });

  const others: readonly (readonly [string, ChangeRequest])[] = [
    ['another resource', { ...revoke, resource: other }],
    ['another member', { ...revoke, members: ['allAuthenticatedUsers'] }],
    ['one member more', { ...revoke, members: ['allUsers', 'allAuthenticatedUsers'] }],
    ['no member', { ...revoke, members: [] }],
    ['another role', { ...revoke, role: 'roles/run.admin' }],
    ['a condition', { ...revoke, condition: { expression: 'true' } }],
    ['the opposite', { ...revoke, kind: 'add' }],
    ['another capability', { ...revoke, capability: 'grant-invoker' }],
    ['an undo', { ...revoke, undoes: 'run-1-1' }],
    ['a field that nobody knows yet', { ...revoke, ...{ audience: 'x' } }],
  ];
  for (const [title, change] of others) {
    it(`is another one for ${title}`, () => assert.notEqual(hash(change), hash(revoke)));
  }

  it('is another one for another condition of the same binding, and for another ingress', () => {
    const under = (expression: string): PolicyEdit => ({ ...revoke, condition: { title: 'day', expression } });
    assert.notEqual(hash(under('true')), hash(under('false')));
    assert.notEqual(hash({ ...ingress, ingress: 'all' }), hash(ingress));
  });

  it('cannot be reached by a list that says the same in other pieces', () => {
    const forged = { ...revoke, members: [`allUsers"],"role":"x`] };
    assert.notEqual(hash(forged), hash(revoke));
    assert.equal(listSteps(forged).length, 1);
  });
});
