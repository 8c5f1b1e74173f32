import { createInterface } from 'node:readline';
import { openLedger } from '../../../../functions/adapters/ledger/open-ledger.ts';

/**
 * A process that races for transitions: `node ledger-racer.ts LEDGER NAME`. For each line on stdin, `lease PROJECT` or
 * `decide APPROVAL HASH`, it answers `LINE won|lost`.
 */
const [spec = '', name = ''] = process.argv.slice(2);
const ledger = await openLedger(spec);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${line} ${(await race(line)) ? 'won' : 'lost'}\n`);
}
await ledger.close();

async function race(line: string): Promise<boolean> {
  const [kind, id = '', hash = ''] = line.split(' ');
  if (kind === 'lease') return ledger.acquireLease(id, name, 60_000);
  return (await ledger.decideApproval(id, hash, { approved: name === 'a', by: name, at: 1 })) === 'decided';
}
