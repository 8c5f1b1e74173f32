import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEstate } from '../../cli/read-estate.ts';

describe('reading an estate for a command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-estate-'));
  after(() => rmSync(folder, { recursive: true }));

  const read = (text: string) => {
    const file = join(folder, 'assets.ndjson');
    writeFileSync(file, text);
    return readEstate({ export: [file], ledger: ':memory:' });
  };

  it('refuses an export without any asset: a pipe that broke is no estate in order', async () => {
    for (const text of ['', '\n\n']) await assert.rejects(read(text), { code: 'bad-usage' });
  });

  it('takes an export of things that no rule is about', async () => {
    const { inventory } = await read(
      '{"name":"//storage.googleapis.com/projects/p/buckets/b","asset_type":"x","resource":{}}\n',
    );
    assert.equal(inventory.services.size, 0);
  });

  it('takes one whose every line is broken: they are unreadable, which is no usage error', async () => {
    assert.equal((await read('garbage\n')).inventory.unreadable.length, 1);
  });

  it('wants exports or projects, not both and not neither', async () => {
    await assert.rejects(readEstate({ ledger: ':memory:' }), { code: 'bad-usage' });
    await assert.rejects(readEstate({ export: ['x'], project: ['p'], ledger: ':memory:' }), { code: 'bad-usage' });
  });
});
