import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../errors.ts';

/** One entry a version; entry 0 makes an empty file version 1. Entries are only ever added. */
const migrations: readonly string[] = [
  `CREATE TABLE lease (project TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT;

   CREATE TABLE change (
     id TEXT PRIMARY KEY, project TEXT NOT NULL, at INTEGER NOT NULL, resource TEXT NOT NULL,
     intent TEXT NOT NULL, result TEXT, etag TEXT) STRICT;
   CREATE INDEX change_by_time ON change (at, project);
   CREATE INDEX change_open ON change (project) WHERE result IS NULL;
   CREATE INDEX change_by_etag ON change (resource, etag) WHERE etag IS NOT NULL;

   CREATE TABLE hold (
     project TEXT NOT NULL, resource TEXT NOT NULL, member TEXT NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL,
     PRIMARY KEY (resource, member)) STRICT;

   CREATE TABLE client_id (
     id TEXT PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('rejected', 'accepted')), until INTEGER) STRICT;

   CREATE TABLE finding (
     project TEXT NOT NULL, id TEXT NOT NULL, opened_at INTEGER NOT NULL, resolved_at INTEGER, finding TEXT NOT NULL) STRICT;
   CREATE UNIQUE INDEX finding_open ON finding (project, id) WHERE resolved_at IS NULL;

   CREATE TABLE run (id TEXT PRIMARY KEY, project TEXT NOT NULL, started_at INTEGER NOT NULL, run TEXT NOT NULL) STRICT;
   CREATE INDEX run_by_time ON run (started_at);

   CREATE TABLE switch (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL) STRICT;`,

  'ALTER TABLE lease ADD COLUMN task TEXT;',

  `CREATE TABLE seen_grant (
     project TEXT NOT NULL, resource TEXT NOT NULL, member TEXT NOT NULL, since INTEGER NOT NULL,
     PRIMARY KEY (project, resource, member)) STRICT;

   CREATE TABLE pause (at INTEGER NOT NULL, is_on INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL) STRICT;
   INSERT INTO pause SELECT 0, is_on, '', '' FROM switch WHERE name = 'paused';
   DROP TABLE switch;`,

  `CREATE TABLE on_path (
     project TEXT NOT NULL, service TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (project, service)) STRICT;`,
];

/** Brings a file to the schema of this version of Sallyport. Throws `ledger-too-new` for a file that a later one wrote. */
export function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
    const row = database.prepare('SELECT max(version) AS version FROM schema_version').get();
    const version = Number(row?.['version'] ?? 0);
    if (version > migrations.length) {
      throw new AppError(
        'ledger-too-new',
        `The ledger has schema ${version}; this Sallyport knows ${migrations.length}.`,
        {
          hint: 'Use the newer version of Sallyport that wrote it, or another file.',
        },
      );
    }
    for (const [index, statements] of migrations.entries()) {
      if (index < version) continue;
      database.exec(statements);
      database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(index + 1);
    }
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
