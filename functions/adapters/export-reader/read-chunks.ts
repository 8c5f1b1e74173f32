import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * The bytes of one file, piece by piece; gzip is known by its first two bytes and unpacked. A piece is valid only until
 * the next one is asked for: two buffers take turns, so that the disk works while the reader does.
 */
export async function* readFileChunks(path: string, chunkBytes: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    if (await isGzip(file)) yield* unpack(file.createReadStream({ start: 0, autoClose: false }), chunkBytes);
    else yield* readInTurns(file, chunkBytes);
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

async function* readInTurns(file: FileHandle, chunkBytes: number): AsyncGenerator<Buffer> {
  let [now, next] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)];
  let reading = file.read(now, 0, chunkBytes, 0);
  let position = 0;
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return;
    position += bytesRead;
    reading = file.read(next, 0, chunkBytes, position);
    // Should the consumer stop early, nobody awaits this read: its failure must not end the process.
    reading.catch(() => undefined);
    yield now.subarray(0, bytesRead);
    [now, next] = [next, now];
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
