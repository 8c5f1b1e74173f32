import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planShards } from '../../../../functions/core/sweep/plan-shards.ts';

describe('plan shards', () => {
  it('gives 500 projects 50 portions', () => {
    const shards = planShards(Array.from({ length: 500 }, (_, index) => `p${index}`));
    assert.equal(shards.length, 50);
    assert.deepEqual(new Set(shards.map((shard) => shard.length)), new Set([10]));
  });

  it('gives nothing for nothing', () => assert.deepEqual(planShards([]), []));

  it('holds every project exactly once, whatever is given', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (projects) => {
        const held = planShards(projects).flat();
        assert.deepEqual([...held].sort(), [...new Set(projects)].sort());
      }),
    );
  });
});
