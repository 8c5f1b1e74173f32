import { openSqliteLedger } from '../../../../functions/adapters/ledger/sqlite-ledger.ts';

/** A process that races for leases: `node ledger-racer.ts FILE HOLDER`; for each project named on stdin it answers `PROJECT won|lost`. */
const [file = '', holder = ''] = process.argv.slice(2);
const ledger = await openSqliteLedger(file);
process.stdout.write('ready\n');
let rest = '';
process.stdin.on('data', async (chunk) => {
  const lines = (rest + String(chunk)).split('\n');
  rest = lines.pop() ?? '';
  for (const project of lines) {
    const won = await ledger.acquireLease(project, holder, 60_000);
    process.stdout.write(`${project} ${won ? 'won' : 'lost'}\n`);
  }
});
process.stdin.on('end', () => ledger.close());
