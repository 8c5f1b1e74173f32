import assert from 'node:assert/strict';
import { runCliChecks, runOracleChecks } from '../../scripts/check-oracle/run-checks.ts';
import { compareReports } from '../oracle/compare.ts';
import { rareSituations } from '../oracle/histogram.ts';
import { randomEstate } from '../oracle/random-estate.ts';
import { scanOracle } from '../oracle/scan-oracle.ts';

const settings = { identity: 'auto', trustedClientProjects: [], urlMask: 'observe', modes: {} } as const;

describe('a second reading of the contract', () => {
  it('says the same as Sallyport of 150 random estates, among them nearly every situation of the contract', async () => {
    const { histogram, differing } = await runOracleChecks({ runs: 150, seed: 1 });
    assert.deepEqual(differing, []);
    const missed = rareSituations(histogram, 1);
    assert.ok(missed.length <= 3, missed.join('\n'));
  });

  it('says the same as the command, given a folder, files, and standard input; exit codes too', async () => {
    assert.deepEqual(await runCliChecks({ runs: 3, seed: 1 }), []);
  });

  it('makes the same estate from the same seed', () => {
    assert.deepEqual(randomEstate(7), randomEstate(7));
    assert.notDeepEqual(randomEstate(7), randomEstate(8));
  });

  it('finds what is missing, and a comparison shows it', () => {
    const bad = { name: 'a.ndjson', lines: ['{'] };
    const oracle = scanOracle([bad], settings);
    assert.deepEqual(oracle.unreadable, [{ resource: 'a.ndjson:1', code: 'malformed-line' }]);
    const clean = scanOracle([], settings);
    const product = { ...clean, source: { inheritance: clean.inheritance } };
    assert.deepEqual(compareReports(clean, product), []);
    assert.deepEqual(compareReports(oracle, product), ['unreadable only the oracle has: malformed-line a.ndjson:1']);
  });
});
