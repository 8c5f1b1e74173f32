import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Documents, Kind } from './documents.ts';
import { type KindOf, type QueryName, type QueryShape, queries } from './queries.ts';
import { columnsOf, tableOf } from './sqlite-schema.ts';
import type { Ask } from './store.ts';

export type Statements = ReturnType<typeof buildStatements>;

/** The calls of a store as SQL statements, each prepared once. A document is a row: its id, and all of it as JSON. */
export function buildStatements(database: DatabaseSync) {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  return {
    begin: () => prepare('BEGIN IMMEDIATE').run(),
    commit: () => prepare('COMMIT').run(),
    rollback: () => prepare('ROLLBACK').run(),

    get<K extends Kind>(kind: K, id: string): Documents[K] | undefined {
      const row = prepare(`SELECT body FROM ${tableOf(kind)} WHERE id = ?`).get(id);
      return row && parseBody<K>(row['body']);
    },
    query<Q extends QueryName>(name: Q, ask: Ask = {}): readonly Documents[KindOf<Q>][] {
      const { sql, values } = buildWhere(queries[name], ask);
      const rows = prepare(`SELECT body FROM ${tableOf(queries[name].kind)} ${sql}`).all(...values);
      return rows.map((row) => parseBody<KindOf<Q>>(row['body']));
    },
    count(name: QueryName, ask: Ask = {}): number {
      const { sql, values } = buildWhere(queries[name], ask);
      return Number(prepare(`SELECT count(*) AS n FROM ${tableOf(queries[name].kind)} ${sql}`).get(...values)?.['n']);
    },
    create(kind: Kind, id: string, document: object): boolean {
      return insert(kind, id, document, () => 'DO NOTHING') === 1;
    },
    put(kind: Kind, id: string, document: object): void {
      insert(kind, id, document, (columns) => {
        return `DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`;
      });
    },
    update(kind: Kind, id: string, fields: object): boolean {
      const given = Object.entries(fields).filter(([, value]) => value !== undefined);
      const inColumns = given.filter(([name]) => columnsOf(kind).includes(name));
      const sets = given.map(([name]) => `'$.${name}', json(?)`).join(', ');
      const columns = inColumns.map(([name]) => `, ${name} = ?`).join('');
      const sql = `UPDATE ${tableOf(kind)} SET body = json_set(body, ${sets})${columns} WHERE id = ?`;
      const values = [
        ...given.map(([, value]) => JSON.stringify(value)),
        ...inColumns.map(([, value]) => toColumn(value)),
        id,
      ];
      return prepare(sql).run(...values).changes === 1;
    },
    delete(kind: Kind, id: string): void {
      prepare(`DELETE FROM ${tableOf(kind)} WHERE id = ?`).run(id);
    },
    deleteAll(name: QueryName, ask: Ask): void {
      const { kind } = queries[name];
      const { sql, values } = buildWhere(queries[name], ask);
      prepare(`DELETE FROM ${tableOf(kind)} WHERE rowid IN (SELECT rowid FROM ${tableOf(kind)} ${sql})`).run(...values);
    },
  };

  function insert(kind: Kind, id: string, document: object, otherwise: (columns: readonly string[]) => string): number {
    const columns = ['body', ...columnsOf(kind)];
    const places = columns.map(() => ', ?').join('');
    const sql = `INSERT INTO ${tableOf(kind)} (id, ${columns.join(', ')}) VALUES (?${places})
      ON CONFLICT (id) ${otherwise(columns)}`;
    const fields = new Map<string, unknown>(Object.entries(document));
    const values = columnsOf(kind).map((column) => toColumn(fields.get(column)));
    return Number(prepare(sql).run(id, JSON.stringify(document), ...values).changes);
  }
}

function toColumn(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function buildWhere(shape: QueryShape, ask: Ask): { sql: string; values: readonly SQLInputValue[] } {
  const conditions = shape.equal.map((name) => `${name} = ?`);
  const values = (ask.equal ?? []).map(toColumn);
  const [last, direction] = shape.order ?? [];
  if (last !== undefined) {
    conditions.push(`${last} IS NOT NULL`);
    for (const [bound, sign] of [
      [ask.least, '>='],
      [ask.most, '<='],
    ] as const) {
      if (bound === undefined) continue;
      conditions.push(`${last} ${sign} ?`);
      values.push(bound);
    }
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const order = last === undefined ? 'ORDER BY rowid' : `ORDER BY ${last} ${direction}, rowid ${direction}`;
  if (ask.limit !== undefined) values.push(ask.limit);
  return { sql: `${where} ${order}${ask.limit === undefined ? '' : ' LIMIT ?'}`, values };
}

function parseBody<K extends Kind>(body: unknown): Documents[K] {
  return JSON.parse(String(body)) as Documents[K];
}
