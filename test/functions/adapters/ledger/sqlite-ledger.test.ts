import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';
import { describeLedger } from './ledger-contract.ts';

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

  it('gives one lease to one of two processes, 50 times', async () => {
    const racers = [startRacer(file(), 'a'), startRacer(file(), 'b')];
    try {
      const answers = racers.map((racer) => createInterface({ input: racer.stdout as NodeJS.ReadableStream }));
      const lines = answers.map((reader) => reader[Symbol.asyncIterator]());
      for (const reader of lines) assert.equal((await reader.next()).value, 'ready');
      const winners = { a: 0, b: 0 };
      for (let round = 0; round < 50; round += 1) {
        for (const racer of racers) racer.stdin?.write(`project-${round}\n`);
        const [a, b] = await Promise.all(lines.map(async (reader) => String((await reader.next()).value)));
        assert.deepEqual([a, b].sort(), [`project-${round} lost`, `project-${round} won`]);
        winners[a?.endsWith('won') ? 'a' : 'b'] += 1;
      }
      assert.equal(winners.a + winners.b, 50);
    } finally {
      for (const racer of racers) racer.stdin?.end();
      await Promise.all(racers.map((racer) => once(racer, 'exit')));
    }
  });
});

function startRacer(file: string, holder: string): ChildProcess {
  const script = join(import.meta.dirname, 'ledger-racer.ts');
  return spawn(process.execPath, [script, file, holder], { stdio: ['pipe', 'pipe', 'inherit'] });
}
