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

  describeRaces(() => ({ spec: file(), env: {} }));
});
