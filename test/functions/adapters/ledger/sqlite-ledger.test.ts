import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { describeLedger } from './ledger-contract.ts';
import { describeRaces } from './race-contract.ts';

describeLedger('SQLite', (now) => openSqliteLedger(':memory:', now));

describe('SQLite ledger file', () => {
  let folder: string;
  const file = () => join(folder, 'ledger.db');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps what it was told when it is opened again', async () => {
    const first = await openSqliteLedger(file());
    await first.setPaused(true);
    await first.close();
    const second = await openSqliteLedger(file());
    assert.equal(await second.isPaused(), true);
    await second.close();
  });

  it('refuses a file of the earlier form, leaves it as it is, and says what to do', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const old = new DatabaseSync(file());
    old.exec(`CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT; INSERT INTO schema_version VALUES (4);
      CREATE TABLE pause (at INTEGER NOT NULL, is_on INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL) STRICT`);
    old.close();
    await assert.rejects(() => openSqliteLedger(file()), { code: 'ledger-too-old', hint: /Move the file away/ });
    const after = new DatabaseSync(file());
    assert.deepEqual(
      after
        .prepare('SELECT name FROM sqlite_schema WHERE type = ? ORDER BY name')
        .all('table')
        .map(({ name }) => name),
      ['pause', 'schema_version'],
    );
    after.close();
  });

  it('says so when a file is no ledger at all', async () => {
    writeFileSync(file(), 'project: shop\n'.repeat(100));
    await assert.rejects(() => openSqliteLedger(file()), {
      code: 'ledger-failed',
      message: /ledger\.db could not be opened/,
    });
    assert.equal(readFileSync(file(), 'utf8'), 'project: shop\n'.repeat(100));
  });

  it('refuses a file that a later version wrote', async () => {
    const ledger = await openSqliteLedger(file());
    await ledger.close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file());
    database.exec('INSERT INTO schema_version (version) VALUES (99)');
    database.close();
    await assert.rejects(() => openSqliteLedger(file()), { code: 'ledger-too-new' });
  });

  it('takes what one process asks at once, one after another', async () => {
    const ledger = await openSqliteLedger(file());
    const work = Array.from({ length: 20 }, async (_, index) => {
      await Promise.all([
        ledger.saveSeenGrants(`project-${index}`, [{ resource: 'r', member: 'm' }], 1),
        ledger.recordOnPath('shop', [`//run/${index}`], 1),
        ledger.acquireLease(`project-${index}`, 'a', 1000),
        ledger.isPaused(),
      ]);
    });
    await Promise.all(work);
    assert.equal((await ledger.recentlyOnPath('shop', 0)).length, 20);
    await ledger.close();
  });

  it('goes on after a call that failed', async () => {
    const ledger = await openSqliteLedger(file());
    const calls = [ledger.setApprovalCallback('unknown', 'https://x'), ledger.isPaused(), ledger.setPaused(true)];
    const [refused, ...others] = await Promise.allSettled(calls);
    assert.deepEqual([refused?.status, ...others.map(({ status }) => status)], ['rejected', 'fulfilled', 'fulfilled']);
    assert.equal(await ledger.isPaused(), true);
    await ledger.close();
  });

  describeRaces(() => ({ spec: file(), env: {} }));
});
