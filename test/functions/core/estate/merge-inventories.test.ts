import assert from 'node:assert/strict';
import { mergeInventories } from '../../../../functions/core/estate/merge-inventories.ts';
import { inventory, policy, wholeLists } from '../../../support/estate.ts';

describe('mergeInventories', () => {
  it('keeps of every project how far its lists reach, whom IAP lets in, and what was closed', () => {
    const gap = { backends: [], negs: [], services: ['us-east1'] };
    const one = inventory({ more: { lists: wholeLists, iapPolicies: new Map([['a', [policy()]]]) } });
    const two = inventory({
      more: {
        lists: new Map([['acme-edge', gap]]),
        iapPolicies: new Map([['b', []]]),
        iapPolicyGaps: new Map([['b', ['level']]]),
      },
    });
    const both = mergeInventories([one, two]);
    assert.deepEqual([...(both.lists?.keys() ?? [])], ['acme-prod', 'acme-edge']);
    assert.deepEqual([...(both.iapPolicies?.keys() ?? [])], ['a', 'b']);
    assert.deepEqual(both.iapPolicyGaps, new Map([['b', ['level']]]));
  });
});
