import assert from 'node:assert/strict';
import {
  isStillAhead,
  listReplaced,
  nextBucket,
  planDecision,
  planNotify,
  planOwnWriteCheck,
  planTask,
} from '../../../functions/events/task-name.ts';

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

describe('events that follow each other', () => {
  const plan = (seconds: number) => planTask({ project: 'shop-prod', now: noon + seconds * 1000, timing });
  const replaced = (seconds: number) => listReplaced(plan(seconds), noon + seconds * 1000).map(({ id }) => id);

  it('extend the wait: a new bucket replaces the task of the one before that has not left', () => {
    assert.deepEqual(replaced(35), [plan(0).id]);
  });

  it('leave a task alone that has left, or leaves within 2 s', () => {
    for (const seconds of [38, 40, 55]) assert.deepEqual(replaced(seconds), []);
  });

  it('extend it to 120 s at most: the last bucket of a window keeps its task', () => {
    assert.equal(plan(90).bucket % 4, 3, 'noon begins a window');
    assert.deepEqual(replaced(65), [plan(30).id]);
    assert.deepEqual(replaced(95), [plan(60).id]);
    assert.deepEqual(replaced(125), []);
  });

  it('reconcile every 150 s at least when one comes every second for 10 minutes, and after the last', () => {
    const tasks = new Map<string, number>();
    for (let second = 0; second < 600; second++) {
      const { id, scheduleTime } = plan(second);
      if (!tasks.has(id)) for (const gone of replaced(second)) tasks.delete(gone);
      tasks.set(id, scheduleTime);
    }
    const runs = [...tasks.values()].map((at) => (at - noon) / 1000).sort((a, b) => a - b);
    assert.deepEqual(runs, [130, 250, 370, 490, 610]);
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

  it('an event about pushes has a task of its own, which no other replaces', () => {
    const timing = { bucketSeconds: 30, settleSeconds: 30 };
    const plain = planTask({ project: 'p', now: 65_000, timing });
    const pushes = planTask({ project: 'p', now: 65_000, timing, about: 'pushes' });
    assert.notEqual(pushes.id, plain.id);
    assert.equal(pushes.scheduleTime, plain.scheduleTime);
    const named = (plan: typeof plain) => listReplaced(plan, 70_000).map(({ id }) => id);
    assert.deepEqual(named(nextBucket(plain)), [plain.id]);
    assert.deepEqual(named(nextBucket(pushes)), [pushes.id]);
  });
});

describe('the name of a task that sends what is due', () => {
  const at = (ms: number) => planNotify({ at: noon + ms, timing });

  it('is one for each bucket, and its task leaves after the bucket, so that a name that is taken is still to come', () => {
    assert.deepEqual(at(0), at(29_999));
    assert.notEqual(at(0).id, at(30_000).id);
    assert.equal(at(12_000).scheduleTime, noon + 31_000);
    assert.match(at(0).id, /^[0-9a-f]{32}-notify$/);
  });
});

describe('the name of an answer', () => {
  it('is one for each question, whatever is answered and when', () => {
    const answer = { approvalId: '0123456789abcdef-kz3x', now: noon };
    assert.equal(planDecision({ ...answer, now: noon + 86_400_000 }).id, planDecision(answer).id);
    assert.notEqual(planDecision({ ...answer, approvalId: '0123456789abcdef-kz3y' }).id, planDecision(answer).id);
    assert.equal(planDecision(answer).scheduleTime, noon);
  });
});
