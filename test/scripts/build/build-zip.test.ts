import assert from 'node:assert/strict';
import { crc32, inflateRawSync } from 'node:zlib';
import { buildZip, type ZipEntry } from '../../../scripts/build/build-zip.ts';

const entries: readonly ZipEntry[] = [
  { path: 'package.json', contents: Buffer.from('{"main": "index.mjs"}\n') },
  { path: 'lib/größe.mjs', contents: Buffer.from('export const size = 1;\n'.repeat(400)) },
  { path: 'empty', contents: Buffer.alloc(0) },
];

describe('the archive of a function', () => {
  it('gives every file back, whole, by the directory at its end', () => {
    const files = readZip(buildZip(entries));
    assert.deepEqual(
      files.map(({ path, contents }) => [path, contents.toString()]),
      [...entries].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, contents }) => [path, contents.toString()]),
    );
  });

  it('has the same bytes whatever the order in which files are given, and no time of its own', () => {
    const archive = buildZip(entries);
    assert.deepEqual(buildZip(entries.toReversed()), archive);
    for (const { time, date } of readZip(archive)) assert.deepEqual([time, date], [0, 0x21]);
  });

  for (const path of ['../up', '/etc/passwd', 'a\\b', 'lib/./x', 'lib/../../x']) {
    it(`refuses ${path}`, () => {
      assert.throws(() => buildZip([{ path, contents: Buffer.from('') }]), /cannot be in an archive/);
    });
  }
});

/** As APPNOTE.TXT has it: from the end backwards. */
function readZip(archive: Buffer) {
  const end = archive.length - 22;
  assert.equal(archive.readUInt32LE(end), 0x06054b50);
  let at = archive.readUInt32LE(end + 16);
  return Array.from({ length: archive.readUInt16LE(end + 10) }, () => {
    assert.equal(archive.readUInt32LE(at), 0x02014b50);
    const [time, date] = [archive.readUInt16LE(at + 12), archive.readUInt16LE(at + 14)];
    const [packed, nameLength] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)];
    const path = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    assert.equal(archive.readUInt32LE(local), 0x04034b50);
    assert.deepEqual(archive.subarray(local + 4, local + 30), archive.subarray(at + 6, at + 32), 'both headers agree');
    const begin = local + 30 + nameLength;
    const contents = inflateRawSync(archive.subarray(begin, begin + packed));
    assert.equal(archive.readUInt32LE(at + 16), crc32(contents));
    assert.equal(archive.readUInt32LE(at + 38) >>> 16, 0o100644);
    at += 46 + nameLength;
    return { path, contents, time, date };
  });
}
