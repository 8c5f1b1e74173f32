/** One measure in a process of its own: `parse FILE` or `read FILE`; prints milliseconds and peak memory as JSON. */
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readFileChunks } from '../../functions/adapters/export-reader/read-chunks.ts';
import { readExport } from '../../functions/adapters/export-reader/read-export.ts';
import { createLineSplitter } from '../../functions/adapters/export-reader/split-lines.ts';

const [what, file] = process.argv.slice(2);
if (!file) throw new Error('usage: measure.ts parse|read|readline FILE');

const start = performance.now();
switch (what) {
  case 'read':
    await readExport([file]);
    break;
  case 'parse':
    await parseEachLine(file);
    break;
  default:
    await parseByReadline(file);
}
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));

/** The least that a reader can do who parses every line: the same pieces and lines, and nothing kept. */
async function parseEachLine(path: string): Promise<number> {
  let named = 0;
  const splitter = createLineSplitter((bytes, from, to) => {
    if (JSON.parse(bytes.toString('utf8', from, to)).name) named += 1;
  });
  for await (const chunk of readFileChunks(path, 1 << 20)) splitter.write(chunk);
  splitter.end();
  return named;
}

/** The usual way, for comparison only: it is slower, so ratios to it would flatter. */
async function parseByReadline(path: string): Promise<number> {
  let named = 0;
  const handle = await open(path);
  for await (const line of createInterface({ input: handle.createReadStream() })) {
    if (JSON.parse(line).name) named += 1;
  }
  return named;
}
