import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openSqliteLedger, retentionDays } from '../../../functions/adapters/sqlite-ledger.ts';
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

  it('stays paused when a file of the version before is opened', async () => {
    await (await openSqliteLedger(file())).close();
    const { DatabaseSync } = await import('node:sqlite');
    const old = new DatabaseSync(file());
    old.exec(`DROP TABLE on_path; DROP TABLE pause; DROP TABLE seen_grant; DELETE FROM schema_version WHERE version > 2;
      CREATE TABLE switch (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL) STRICT; INSERT INTO switch VALUES ('paused', 1)`);
    old.close();
    const ledger = await openSqliteLedger(file());
    assert.equal(await ledger.isPaused(), true);
    await ledger.close();
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

  it('forgets what ended before the retention, and never an open intent', async () => {
    let time = 0;
    const ledger = await openSqliteLedger(':memory:', () => time);
    const change = { capability: 'grant-invoker', kind: 'add', resource: 'r', role: 'o', members: ['m'] } as const;
    for (const id of ['open', 'closed']) {
      await ledger.recordIntent({ id, project: 'shop', runId: 'run', findingIds: [], change, at: 0 });
    }
    await ledger.recordResult('closed', { outcome: 'applied', at: 0 });
    time = retentionDays * 86_400_000;
    await ledger.prune();
    assert.equal((await ledger.changesSince(0)).length, 2);
    time += 1;
    await ledger.prune();
    assert.deepEqual(
      (await ledger.changesSince(0)).map(({ id }) => id),
      ['open'],
    );
    await ledger.close();
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
  const script = join(import.meta.dirname, 'lease-racer.ts');
  return spawn(process.execPath, [script, file, holder], { stdio: ['pipe', 'pipe', 'inherit'] });
}
