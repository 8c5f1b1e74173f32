import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** With forward slashes, relative to the root of the archive. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/**
 * A zip archive whose bytes depend on its entries only: sorted by path, all of one time and mode, compressed by this Node's
 * zlib. Plain zip (APPNOTE.TXT 4.3): fewer than 65,536 entries and 4 GB. Throws on paths that would lead elsewhere.
 */
export function buildZip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, contents } of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (/^\/|\\|(^|\/)\.\.?(\/|$)/.test(path)) throw new Error(`${path} cannot be in an archive`);
    const name = Buffer.from(path);
    const packed = deflateRawSync(contents, { level: 9 });
    const common = describe(name, contents, packed);
    const file = Buffer.concat([uint32(0x04034b50), common, name, packed]);
    const place = Buffer.concat([uint16(0), uint16(0), uint16(0), uint32(mode), uint32(offset)]);
    directory.push(Buffer.concat([uint32(0x02014b50), uint16(madeByUnix), common, place, name]));
    files.push(file);
    offset += file.length;
  }
  const index = Buffer.concat(directory);
  const count = uint16(entries.length);
  const end = [uint32(0x06054b50), uint16(0), uint16(0), count, count, uint32(index.length), uint32(offset), uint16(0)];
  return Buffer.concat([...files, index, ...end]);
}

const version = 20;
const madeByUnix = 0x0300 | version;
/** A file that its owner may write and all may read: in the upper half, as Unix keeps it. */
const mode = 0o100644 * 0x10000;
/** 1 January 1980, the first day that zip knows: a build has no time. */
const [time, date] = [0, 0x21];
const utf8Names = 0x0800;
const deflated = 8;

/** What both headers of an entry say. */
function describe(name: Buffer, contents: Uint8Array, packed: Buffer): Buffer {
  return Buffer.concat([
    ...[version, utf8Names, deflated, time, date].map(uint16),
    ...[crc32(contents), packed.length, contents.length].map(uint32),
    ...[name.length, 0].map(uint16),
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
