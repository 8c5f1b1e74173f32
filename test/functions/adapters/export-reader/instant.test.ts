import assert from 'node:assert/strict';
import { compareInstants } from '../../../../functions/adapters/export-reader/instant.ts';

describe('the order of update times', () => {
  // Each row from earlier to later; equal ones in one list.
  const rows: readonly (readonly (readonly string[])[])[] = [
    [
      ['', 'yesterday', '2026-03-01', '2026-13-01T00:00:00Z'],
      ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z', '2026-03-01T12:00:00+02:00', '2026-03-01t05:00:00.0-05:00'],
      ['2026-03-01T10:00:00.000000001Z', '2026-03-01T11:00:00.0000000010+01:00'],
      ['2026-03-01T10:00:00.0000000010000000000001Z'],
      ['2026-03-01T10:00:00.09999Z'],
      ['2026-03-01T10:00:00.1Z', '2026-03-01T10:00:00.100z'],
    ],
    [['2026-12-31T23:59:59.999999999Z'], ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00Z'], ['2027-01-01T00:00:00.5Z']],
    [['1969-12-31T23:59:59.5Z'], ['1970-01-01T00:00:00Z'], ['9999-12-31T23:59:59Z']],
  ];
  for (const row of rows) {
    it(`is that of instants, not of texts: ${row.map(([first]) => `"${first}"`).join(' < ')}`, () => {
      for (const [at, same] of row.entries()) {
        for (const a of same) {
          for (const b of same) assert.equal(Math.sign(compareInstants(a, b)), 0, `${a} = ${b}`);
          for (const b of row.slice(at + 1).flat()) {
            assert.equal(Math.sign(compareInstants(a, b)), -1, `${a} < ${b}`);
            assert.equal(Math.sign(compareInstants(b, a)), 1, `${b} > ${a}`);
          }
        }
      }
    });
  }
});
