import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';

/**
 * The bytes of one file, piece by piece; gzip is known by its first two bytes and unpacked. A piece is valid only until
 * the next one is asked for.
 */
export async function* readFileChunks(path: string, chunkBytes: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    // A pipe has no beginning to come back to.
    const isPipe = !(await file.stat()).isFile();
    if (isPipe) yield* readStreamChunks(file.createReadStream({ autoClose: false }), chunkBytes);
    else if (await isGzip(file)) yield* unpack(file.createReadStream({ start: 0, autoClose: false }), chunkBytes);
    else yield* readPlain(file, chunkBytes);
  } finally {
    await file.close();
  }
}

/** The same for a stream that can be read once, such as stdin. */
export async function* readStreamChunks(stream: AsyncIterable<Buffer>, chunkBytes: number): AsyncGenerator<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = startWith(head, { [Symbol.asyncIterator]: () => chunks });
  if (startsAsGzip(head)) yield* unpack(Readable.from(whole), chunkBytes);
  else yield* whole;
}

/**
 * Read synchronously, into one buffer that stays in the processor's cache: a third less time than with reads on other
 * threads. Every few pieces the event loop gets its turn, for timers and signals.
 */
async function* readPlain(file: FileHandle, chunkBytes: number): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafe(chunkBytes);
  for (let pieces = 1; ; pieces += 1) {
    const bytesRead = readSync(file.fd, piece, 0, chunkBytes, null);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    if (pieces % 16 === 0) await setImmediate();
  }
}

async function* unpack(packed: Readable, chunkBytes: number): AsyncGenerator<Buffer> {
  const unpacked = createGunzip({ chunkSize: Math.max(chunkBytes, 64) });
  packed.on('error', (error) => unpacked.destroy(error));
  yield* packed.pipe(unpacked);
}

async function* startWith(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && startsAsGzip(buffer);
}

function startsAsGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
