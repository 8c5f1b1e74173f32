import assert from 'node:assert/strict';
import { buildSweepDigest, type ShardTotal, sumUp } from '../../../../functions/core/sweep/sum-up.ts';

const sweep = { id: 's1', startedAt: 1, endedAt: 2, projects: 3 };

describe('the sum of a sweep', () => {
  it('adds portions up and names every project that could not be looked at', () => {
    const failed = { project: 'c', code: 'read-denied' };
    const totals = [
      total({ looked: 1, clean: 1 }),
      total({ looked: 1, findings: 2, changes: 1, unreadable: [failed] }),
    ];
    assert.deepEqual(sumUp(sweep, totals), { ...sweep, clean: 1, findings: 2, changes: 1, unreadable: [failed] });
  });

  it('never takes a project that no portion tells of for clean', () => {
    const sum = sumUp(sweep, [total({ looked: 1, clean: 1 })]);
    assert.equal(sum.clean, 1);
    assert.deepEqual(sum.unreadable, [{ project: '2 more', code: 'not-told' }]);
  });
});

describe('the digest of a sweep', () => {
  const clean = sumUp(sweep, [total({ looked: 3, clean: 3 })]);
  const broken = sumUp(sweep, [total({ looked: 2, clean: 2, unreadable: [{ project: 'c', code: 'read-denied' }] })]);

  it('tells nothing when all is clean', () => assert.equal(buildSweepDigest(clean, undefined), undefined));

  it('tells what could not be looked at, once', () => {
    const first = buildSweepDigest(broken, clean);
    assert.ok(first?.kind === 'digest' && first.lines.includes('could not be looked at: c (read-denied)'));
    assert.equal(buildSweepDigest({ ...broken, id: 's2' }, broken), undefined);
  });

  it('tells that it is over', () => assert.ok(buildSweepDigest(clean, broken)));

  it('tells once that no project is in scope: nothing is watched then', () => {
    const empty = sumUp({ ...sweep, projects: 0 }, []);
    const digest = buildSweepDigest(empty, clean);
    assert.ok(digest?.kind === 'digest');
    assert.equal(digest.title, 'Sweep: no project is in scope');
    assert.deepEqual(digest.lines, ['Nothing is watched. Look at scope in sallyport.yaml.']);
    assert.ok(buildSweepDigest(empty, undefined), 'also of the first sweep');
    assert.equal(buildSweepDigest(empty, empty), undefined);
    assert.ok(buildSweepDigest(clean, empty), 'and that it is over');
  });

  it('says none rather than 0', () => {
    const open = sumUp(sweep, [total({ looked: 3, findings: 1 })]);
    const digest = buildSweepDigest(open, clean);
    assert.ok(digest?.kind === 'digest');
    assert.deepEqual(
      [digest.title, ...digest.lines],
      ['Sweep of 3 projects: none clean', '1 open finding, no change made'],
    );
  });

  it('claims nothing of what it could not look at', () => {
    const digest = buildSweepDigest(broken, clean);
    assert.ok(digest?.kind === 'digest');
    assert.equal(digest.lines[0], 'no open finding, no change made in what could be looked at');
    const blind = sumUp({ ...sweep, projects: 1 }, [total({ unreadable: [{ project: 'c', code: 'read-denied' }] })]);
    const none = buildSweepDigest(blind, clean);
    assert.deepEqual(none?.kind === 'digest' && none.lines, ['could not be looked at: c (read-denied)']);
  });

  it('tells of every sweep that has changed something', () => {
    const changed = sumUp(sweep, [total({ looked: 3, clean: 3, changes: 1 })]);
    assert.ok(buildSweepDigest(changed, changed));
  });

  it('names twenty failures and counts the rest', () => {
    const unreadable = Array.from({ length: 25 }, (_, index) => ({ project: `p${index}`, code: 'read-failed' }));
    const digest = buildSweepDigest(sumUp({ ...sweep, projects: 25 }, [total({ unreadable })]), clean);
    assert.ok(digest?.kind === 'digest' && digest.lines.length === 21);
    assert.equal(digest.lines.at(-1), 'and 5 more that could not be looked at');
  });
});

function total(over: Partial<ShardTotal>): ShardTotal {
  return { looked: 0, clean: 0, findings: 0, changes: 0, unreadable: [], ...over };
}
