import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../errors.ts';
import { type Kind, kinds } from './documents.ts';
import { type QueryShape, queries } from './queries.ts';

/** Versions 1 to 4 were tables of their own for each kind; since 5, documents. Grows when documents change so that an older Sallyport would misread them. */
const schemaVersion = 5;

/** Brings a new file to the schema of this version and adds the indexes that it lacks. Throws `ledger-too-new` and `ledger-too-old`. */
export function prepareSchema(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
    assertVersion(database);
    for (const kind of kinds) prepareTable(database, kind);
    for (const shape of shapes) prepareIndex(database, shape);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

export function tableOf(kind: Kind): string {
  return `doc_${kind}`;
}

/** Fields of a kind that queries name: each has a column of its own beside the whole document. */
export function columnsOf(kind: Kind): readonly string[] {
  return columns.get(kind) ?? [];
}

const shapes: readonly QueryShape[] = Object.values(queries);
const columns = new Map(
  kinds.map((kind) => {
    const ofKind = shapes.filter((shape) => shape.kind === kind);
    return [kind, [...new Set(ofKind.flatMap(fieldsOf))]] as const;
  }),
);

function fieldsOf({ equal, order }: QueryShape): readonly string[] {
  return [...equal, ...(order ? [order[0]] : [])];
}

function prepareTable(database: DatabaseSync, kind: Kind): void {
  const table = tableOf(kind);
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT`);
  const there = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  for (const column of columnsOf(kind)) {
    if (there.some(({ name }) => name === column)) continue;
    database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ANY;
      UPDATE ${table} SET ${column} = json_extract(body, '$.${column}')`);
  }
}

function prepareIndex(database: DatabaseSync, shape: QueryShape): void {
  const fields = fieldsOf(shape);
  // What has ended is looked for once a day: an index would cost each write more than it saves.
  if (fields.length === 0 || fields[0] === 'endedAt' || shape.sharesIndex) return;
  const table = tableOf(shape.kind);
  const name = `${table}_by_${fields.join('_')}`;
  const where = `WHERE ${fields.at(-1)} IS NOT NULL`;
  database.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${fields.join(', ')}) ${where}`);
}

function assertVersion(database: DatabaseSync): void {
  const row = database.prepare('SELECT max(version) AS version FROM schema_version').get();
  const version = Number(row?.['version'] ?? schemaVersion);
  if (version > schemaVersion) {
    throw new AppError('ledger-too-new', `The ledger has schema ${version}; this Sallyport knows ${schemaVersion}.`, {
      hint: 'Use the newer version of Sallyport that wrote it, or another file.',
    });
  }
  if (version < schemaVersion) {
    throw new AppError('ledger-too-old', `The ledger has schema ${version}; this Sallyport needs ${schemaVersion}.`, {
      hint: 'Move the file away: a new one is made. What the old one remembers is read by the version that wrote it.',
    });
  }
  if (row?.['version'] === null) database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(schemaVersion);
}
