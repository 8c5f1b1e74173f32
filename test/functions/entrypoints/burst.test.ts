import assert from 'node:assert/strict';
import fc from 'fast-check';
import { playBurst } from '../../../bench/burst/play-burst.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;

describe('events in virtual time', function () {
  this.timeout(60_000);

  it('are seen when they come 1 ms after a dispatch', async () => {
    let late = 3;
    const first = { project: 'shop-prod', at: noon, skew: 0 };
    const { missed, runs } = await playBurst([first], (run) =>
      late-- > 0 ? { project: run.project, at: run.at + 1, skew: 0 } : undefined,
    );
    assert.deepEqual(missed, []);
    assert.equal(runs.length, 4);
  });

  it('are seen when delivery repeats one after 70 minutes, when names of that time are blocked', async () => {
    const at = [noon, noon + 70 * minute, noon + 70 * minute + 1, noon + 140 * minute];
    const { missed, runs } = await playBurst(at.map((time) => ({ project: 'shop-prod', at: time, skew: 0 })));
    assert.deepEqual(missed, []);
    assert.equal(runs.length, 3);
  });

  it('are seen, each after it happened, whatever their times, and clocks that are up to 1.5 s wrong', async () => {
    const event = fc.record({
      project: fc.constantFrom('shop-prod', 'bank-prod'),
      at: fc.integer({ min: 0, max: 200_000 }).map((ms) => noon + ms),
      skew: fc.integer({ min: -1500, max: 1500 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), async (events) => {
        const { missed, longestWait } = await playBurst(events);
        assert.deepEqual(missed, []);
        assert.ok(longestWait <= 45_000, `${longestWait} ms`);
      }),
      { numRuns: 60 },
    );
  });
});
