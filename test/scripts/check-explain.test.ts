import assert from 'node:assert/strict';
import { runExplainChecks } from '../../scripts/check-explain/run-checks.ts';

describe('explain and the front door', function () {
  this.timeout(60_000);

  it('say the same of random requests to 60 random estates', async () => {
    const { asked, unknown, difference, situations } = await runExplainChecks({ runs: 60, seed: 7000 });
    assert.equal(difference, undefined);
    assert.equal(asked, 480);
    assert.ok(unknown < asked * 0.2, String(unknown));
    const missed = [...situations].filter(([, count]) => count === 0).map(([name]) => name);
    assert.ok(missed.length <= 8, missed.join('\n'));
  });
});
