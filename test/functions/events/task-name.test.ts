import assert from 'node:assert/strict';
import { isStillAhead, nextBucket, planOwnWriteCheck, planTask } from '../../../functions/events/task-name.ts';

const timing = { bucketSeconds: 30, settleSeconds: 10 };
const noon = Date.UTC(2026, 10, 23, 12);

describe('the name of a task', () => {
  it('is the same for all events of a project within one bucket, and another in the next', () => {
    const first = planTask({ project: 'shop-prod', now: noon, timing });
    assert.deepEqual(planTask({ project: 'shop-prod', now: noon + 29_999, timing }), first);
    assert.notEqual(planTask({ project: 'shop-prod', now: noon + 30_000, timing }).id, first.id);
  });

  it('is another for another project', () => {
    const ids = ['shop-prod', 'shop-prod2', 'shop-dev'].map((project) => planTask({ project, now: noon, timing }).id);
    assert.equal(new Set(ids).size, 3);
  });

  it('begins with a hash, ends with the bucket, and is a name that Cloud Tasks takes', () => {
    const { id, bucket } = planTask({ project: 'example.com:shop', now: noon, timing });
    assert.match(id, /^[0-9a-f]{32}-\d+$/);
    assert.ok(id.endsWith(`-${bucket}`));
    const next = planTask({ project: 'example.com:shop', now: noon + 30_000, timing });
    assert.notEqual(next.id.slice(0, 8), id.slice(0, 8), 'sequential names would slow the queue down');
  });

  it('schedules at the end of the bucket plus the time to settle', () => {
    assert.equal(planTask({ project: 'p-1234', now: noon + 12_345, timing }).scheduleTime, noon + 40_000);
  });

  it('moves to the next bucket when it is taken and gone', () => {
    const plan = planTask({ project: 'shop-prod', now: noon, timing });
    assert.deepEqual(nextBucket(plan), planTask({ project: 'shop-prod', now: noon + 30_000, timing }));
  });

  it('counts as still to come only while its task is more than 2 s away', () => {
    const plan = planTask({ project: 'shop-prod', now: noon, timing });
    assert.equal(isStillAhead(plan, plan.scheduleTime - 2001), true);
    assert.equal(isStillAhead(plan, plan.scheduleTime - 2000), false);
    assert.equal(isStillAhead(plan, plan.scheduleTime + 1), false);
  });
});

describe('the name of an own-write check', () => {
  const write = { resource: '//run.googleapis.com/projects/p/locations/r/services/s', etag: 'a', now: noon, timing };

  it('is one for each resource and etag, whenever the event comes', () => {
    assert.equal(planOwnWriteCheck({ ...write, now: noon + 3_600_000 }).id, planOwnWriteCheck(write).id);
    assert.notEqual(planOwnWriteCheck({ ...write, etag: 'b' }).id, planOwnWriteCheck(write).id);
    assert.notEqual(planOwnWriteCheck({ ...write, resource: 'x' }).id, planOwnWriteCheck(write).id);
    assert.match(planOwnWriteCheck(write).id, /^[0-9a-f]{32}-own-write$/);
  });

  it('counts as done when it is taken: there is one answer to one etag', () => {
    assert.equal(isStillAhead(planOwnWriteCheck(write), noon + 86_400_000), true);
  });

  it('waits until the ledger has had time to write the result down', () => {
    assert.equal(planOwnWriteCheck(write).scheduleTime, noon + 10_000);
  });
});
