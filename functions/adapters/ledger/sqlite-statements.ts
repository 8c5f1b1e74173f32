import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Documents, Kind } from './documents.ts';
import { type KindOf, type QueryName, type QueryShape, queries } from './queries.ts';
import { columnsOf, tableOf } from './sqlite-schema.ts';
import type { Ask } from './store.ts';

export type Statements = ReturnType<typeof buildStatements>;

/** The calls of a store as SQL statements, each built and prepared once. A document is a row: its id, all of it as JSON, and the fields that queries name. */
export function buildStatements(database: DatabaseSync) {
  const prepared = new Map<string, StatementSync>();
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')];
  const rollback = database.prepare('ROLLBACK');
  return {
    begin: () => begin.run(),
    commit: () => commit.run(),
    rollback: () => rollback.run(),

    get<K extends Kind>(kind: K, id: string): Documents[K] | undefined {
      const row = prepare(`get ${kind}`, () => `SELECT body FROM ${tableOf(kind)} WHERE id = ?`).get(id);
      return row && parseBody<K>(row['body']);
    },
    query<Q extends QueryName>(name: Q, ask: Ask = {}): readonly Documents[KindOf<Q>][] {
      const sql = () => `SELECT body FROM ${tableOf(queries[name].kind)} ${buildWhere(queries[name], ask)}`;
      const rows = prepare(`query ${name} ${boundsOf(ask)}`, sql).all(...toValues(ask));
      return rows.map((row) => parseBody<KindOf<Q>>(row['body']));
    },
    count(name: QueryName, ask: Ask = {}): number {
      const sql = () => `SELECT count(*) AS n FROM ${tableOf(queries[name].kind)} ${buildWhere(queries[name], ask)}`;
      return Number(prepare(`count ${name} ${boundsOf(ask)}`, sql).get(...toValues(ask))?.['n']);
    },
    create(kind: Kind, id: string, document: object): boolean {
      const statement = prepare(`create ${kind}`, () => `${buildInsert(kind)} DO NOTHING`);
      return statement.run(id, JSON.stringify(document), ...toColumns(kind, document)).changes === 1;
    },
    put(kind: Kind, id: string, document: object): void {
      const sql = () => {
        const sets = ['body', ...columnsOf(kind)].map((column) => `${column} = excluded.${column}`);
        return `${buildInsert(kind)} DO UPDATE SET ${sets.join(', ')}`;
      };
      prepare(`put ${kind}`, sql).run(id, JSON.stringify(document), ...toColumns(kind, document));
    },
    update(kind: Kind, id: string, fields: object): boolean {
      const given = Object.entries(fields).filter(([, value]) => value !== undefined);
      const names = given.map(([name]) => name);
      const inColumns = given.filter(([name]) => columnsOf(kind).includes(name));
      const sql = () => {
        const sets = names.map((name) => `'$.${name}', json(?)`).join(', ');
        const columns = inColumns.map(([name]) => `, ${name} = ?`).join('');
        return `UPDATE ${tableOf(kind)} SET body = json_set(body, ${sets})${columns} WHERE id = ?`;
      };
      const values = given.map(([, value]) => JSON.stringify(value));
      const statement = prepare(`update ${kind} ${names}`, sql);
      return statement.run(...values, ...inColumns.map(([, value]) => toColumn(value)), id).changes === 1;
    },
    delete(kind: Kind, id: string): void {
      prepare(`delete ${kind}`, () => `DELETE FROM ${tableOf(kind)} WHERE id = ?`).run(id);
    },
    deleteAll(name: QueryName, ask: Ask): void {
      const table = tableOf(queries[name].kind);
      const sql = () =>
        `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ${buildWhere(queries[name], ask)})`;
      prepare(`deleteAll ${name} ${boundsOf(ask)}`, sql).run(...toValues(ask));
    },
  };

  function prepare(key: string, sql: () => string): StatementSync {
    const known = prepared.get(key);
    if (known) return known;
    const statement = database.prepare(sql());
    prepared.set(key, statement);
    return statement;
  }
}

function buildInsert(kind: Kind): string {
  const columns = ['id', 'body', ...columnsOf(kind)];
  const places = columns.map(() => '?').join(', ');
  return `INSERT INTO ${tableOf(kind)} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT (id)`;
}

function toColumns(kind: Kind, document: object): readonly SQLInputValue[] {
  const names = columnsOf(kind);
  const values: SQLInputValue[] = names.map(() => null);
  for (const [name, value] of Object.entries(document)) {
    const place = names.indexOf(name);
    if (place >= 0) values[place] = toColumn(value);
  }
  return values;
}

function toColumn(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** Which of the bounds are given: the text of a statement depends on it. */
function boundsOf({ least, most, limit }: Ask): string {
  return [least, most, limit].map((bound) => (bound === undefined ? '-' : '+')).join('');
}

function buildWhere({ equal, order }: QueryShape, { least, most, limit }: Ask): string {
  const conditions = equal.map((name) => `${name} = ?`);
  const [last, direction] = order ?? [];
  if (last !== undefined) conditions.push(`${last} IS NOT NULL`);
  if (least !== undefined) conditions.push(`${last} >= ?`);
  if (most !== undefined) conditions.push(`${last} <= ?`);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const by = last === undefined ? 'ORDER BY rowid' : `ORDER BY ${last} ${direction}, rowid ${direction}`;
  return `${where} ${by}${limit === undefined ? '' : ' LIMIT ?'}`;
}

function toValues({ equal = [], least, most, limit }: Ask): readonly SQLInputValue[] {
  return [...equal.map(toColumn), ...[least, most, limit].filter((bound) => bound !== undefined)];
}

function parseBody<K extends Kind>(body: unknown): Documents[K] {
  return JSON.parse(String(body)) as Documents[K];
}
