import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keysOf } from '../functions/events/keys-of.ts';

/**
 * Prints what each saved event leads to, one line an event: `npm run events:table [-- FOLDER]`. Without a folder it reads
 * the real audit-log entries of `../shared/data/audit-samples`.
 */
const folder = process.argv[2] ?? join(import.meta.dirname, '../../shared/data/audit-samples');

if (existsSync(folder)) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const rows = files.map((file) => describe(join(folder, file)));
  print([['event', 'decision', 'project', 'actor', 'why'], ...rows]);
} else {
  console.log(`${folder} is not here: nothing to show. Name a folder of saved events.`);
}

function describe(path: string): string[] {
  const decision = keysOf(JSON.parse(readFileSync(path, 'utf8')));
  return [basename(path, '.json'), decision.kind, decision.project ?? '-', decision.actor ?? '-', decision.why];
}

function print(rows: string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
