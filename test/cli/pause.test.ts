import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteLedger } from '../../functions/adapters/ledger/sqlite-ledger.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

describe('sallyport pause', function () {
  this.timeout(30_000);
  let folder: string;
  const file = () => join(folder, 'ledger.db');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-pause-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const pause = (...args: string[]) =>
    spawnSync(process.execPath, [main, 'pause', '--ledger', file(), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const isPaused = async () => {
    const ledger = await openSqliteLedger(file());
    const answer = await ledger.isPaused();
    await ledger.close();
    return answer;
  };

  it('stops writes until it is ended, and keeps who and why of both', async () => {
    assert.match(pause('--why', 'release freeze', '--who', 'ann').stdout, /paused by ann: release freeze\n$/);
    assert.equal(await isPaused(), true);
    assert.match(pause('--end', '--why', 'freeze is over', '--who', 'bob').stdout, /ended by bob: freeze is over\n$/);
    assert.equal(await isPaused(), false);
    const { stdout, status } = pause('--list');
    assert.deepEqual(
      stdout.split('\n').map((line) => line.slice(26)),
      ['ended by bob: freeze is over', 'paused by ann: release freeze', ''],
    );
    assert.equal(status, 0);
  });

  it('keeps the account of gcloud as who did it, where nobody is named', () => {
    const { CLOUDSDK_CORE_ACCOUNT: kept } = process.env;
    process.env['CLOUDSDK_CORE_ACCOUNT'] = 'ann@acme.example';
    try {
      assert.match(pause('--why', 'freeze').stdout, /paused by ann@acme\.example: freeze\n$/);
    } finally {
      if (kept === undefined) delete process.env['CLOUDSDK_CORE_ACCOUNT'];
      else process.env['CLOUDSDK_CORE_ACCOUNT'] = kept;
    }
  });

  it('wants a reason, and changes nothing without one', async () => {
    const { status, stderr } = pause();
    assert.deepEqual([status, stderr.includes('bad-usage')], [2, true]);
    assert.equal(pause('--end', '--why', ' ').status, 2);
    assert.match(pause('--list').stdout, /^No pause in /);
  });
});
