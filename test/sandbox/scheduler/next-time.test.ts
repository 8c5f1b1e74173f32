import assert from 'node:assert/strict';
import { isTimeZone, nextTime } from '../../../sandbox/scheduler/next-time.ts';

describe('Times of a schedule', () => {
  const table: readonly (readonly [schedule: string, zone: string, after: string, next: string])[] = [
    ['0 * * * *', 'UTC', '2026-11-23T10:00:00Z', '2026-11-23T11:00:00.000Z'],
    ['*/15 * * * *', 'UTC', '2026-11-23T10:14:59Z', '2026-11-23T10:15:00.000Z'],
    ['0 6 * * 1', 'Europe/Zurich', '2026-11-23T05:30:00Z', '2026-11-30T05:00:00.000Z'],
    ['0 6 * * *', 'Europe/Zurich', '2026-06-23T03:00:00Z', '2026-06-23T04:00:00.000Z'],
    ['0 9 1 * *', 'America/New_York', '2026-11-23T00:00:00Z', '2026-12-01T14:00:00.000Z'],
  ];
  for (const [schedule, zone, after, next] of table)
    it(`${schedule} in ${zone} after ${after} is ${next}`, () => {
      assert.equal(nextTime(schedule, zone, new Date(after)).toISOString(), next);
    });

  for (const bad of ['every 5 minutes', '0 * * *', '0 0 * * * *', '61 * * * *', ''])
    it(`"${bad}" is no schedule`, () => assert.throws(() => nextTime(bad, 'UTC', new Date()), RangeError));

  it('knows the zones of the tz database', () => {
    assert.deepEqual(['UTC', 'utc', 'Europe/Zurich', 'Mars/Base'].map(isTimeZone), [true, true, true, false]);
  });
});
