/** One measure in a process of its own: `parse FILE` or `read FILE`; prints times and peak memory as JSON. */
import { readFileChunks } from '../../functions/adapters/export-reader/read-chunks.ts';
import { readExport } from '../../functions/adapters/export-reader/read-export.ts';
import { createLineSplitter } from '../../functions/adapters/export-reader/split-lines.ts';

const [what, file] = process.argv.slice(2);
if (!file || (what !== 'parse' && what !== 'read')) throw new Error('usage: measure.ts parse|read FILE');

const cpuBefore = process.cpuUsage();
const start = performance.now();
if (what === 'read') await readExport([file]);
else await parseEachLine(file);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 }));

/** The least that somebody can do who parses every line: the same pieces and lines, and nothing kept. */
async function parseEachLine(path: string): Promise<void> {
  let unnamed = 0;
  const splitter = createLineSplitter((bytes, from, to) => {
    if (typeof JSON.parse(bytes.toString('utf8', from, to)).name !== 'string') unnamed += 1;
  });
  for await (const chunk of readFileChunks(path, 1 << 20)) splitter.write(chunk);
  splitter.end();
  if (unnamed > 0) throw new Error(`${unnamed} lines without a name`);
}
