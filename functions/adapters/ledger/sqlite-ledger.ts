import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Ledger } from '../../core/ledger.ts';
import { AppError } from '../../errors.ts';
import type { Documents, Kind } from './documents.ts';
import { buildLedger } from './ledger.ts';
import { prepareSchema } from './sqlite-schema.ts';
import { buildStatements, type Statements } from './sqlite-statements.ts';
import type { Step, Store, Transaction } from './store.ts';

/** Opens or makes a ledger in one SQLite file that several processes may use at once; `:memory:` for one that ends with the process. `now` in milliseconds since the epoch. */
export async function openSqliteLedger(
  file: string,
  now: () => number = Date.now,
  retentionDays?: number,
): Promise<Ledger> {
  const store = await openSqliteStore(file);
  return buildLedger(store, { now, ...(retentionDays === undefined ? {} : { retentionDays }) });
}

async function openSqliteStore(file: string): Promise<Store> {
  const { DatabaseSync } = await import('node:sqlite');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 10000');
    await turnToWal(database);
    prepareSchema(database);
    return buildStore(database);
  } catch (error) {
    database?.close();
    throw toLedgerFailure(error, `The ledger file ${file} could not be opened`);
  }
}

/** Two processes that make a file at once: for this one step SQLite does not wait by itself. */
async function turnToWal(database: DatabaseSync): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      return;
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && error.errcode === 5;
      if (!isBusy || tries === 200) throw error;
      await setTimeout(20);
    }
  }
}

function buildStore(database: DatabaseSync): Store {
  const statements = buildStatements(database);
  const run = oneAfterAnother();
  return {
    get: (kind, id) => run(() => statements.get(kind, id)),
    query: (name, ask) => run(() => statements.query(name, ask)),
    count: (name, ask) => run(() => statements.count(name, ask)),
    create: (kind, id, document) => run(() => statements.create(kind, id, document)),
    put: (kind, id, document) => run(() => statements.put(kind, id, document)),
    update: (kind, id, fields) => run(() => statements.update(kind, id, fields)),
    deleteAll: (name, ask) => run(() => statements.deleteAll(name, ask)),
    transition: (kind, id, step) => run(() => takeStep(statements, kind, id, step)),
    transaction: (work) => run(() => transact(statements, work)),
    close: () => run(() => database.close()),
  };
}

function takeStep<K extends Kind, T>(statements: Statements, kind: K, id: string, step: Step<Documents[K], T>): T {
  statements.begin();
  try {
    const { answer, after, isGone } = step(statements.get(kind, id));
    if (after) statements.put(kind, id, after);
    if (isGone) statements.delete(kind, id);
    statements.commit();
    return answer;
  } catch (error) {
    statements.rollback();
    throw error;
  }
}

/** IMMEDIATE: the write lock is taken before the first read, so that two processes cannot both decide on the old state. */
async function transact<T>(statements: Statements, work: (tx: Transaction) => Promise<T>): Promise<T> {
  statements.begin();
  try {
    const result = await work(buildTransaction(statements));
    statements.commit();
    return result;
  } catch (error) {
    statements.rollback();
    throw error;
  }
}

function buildTransaction(statements: Statements): Transaction {
  let hasWritten = false;
  return {
    async get(kind, id) {
      assertReadsFirst();
      return statements.get(kind, id);
    },
    async query(name, ask) {
      assertReadsFirst();
      return statements.query(name, ask);
    },
    put(kind, id, document) {
      hasWritten = true;
      statements.put(kind, id, document);
    },
    update(kind, id, fields) {
      hasWritten = true;
      statements.update(kind, id, fields);
    },
    delete(kind, id) {
      hasWritten = true;
      statements.delete(kind, id);
    },
  };

  /** Firestore refuses it: what works on a laptop must work in the cloud. */
  function assertReadsFirst(): void {
    if (hasWritten) throw new Error('A transaction of the ledger reads after it has written.');
  }
}

/** A connection has one transaction at a time: what comes while one is open waits for its end. */
function oneAfterAnother(): <T>(work: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> | undefined;
  return async (work) => {
    const begin = async () => work();
    const result = last ? last.then(begin, begin) : begin();
    last = result;
    try {
      return await result;
    } catch (error) {
      throw toLedgerFailure(error, 'The ledger file did not take or give a document');
    } finally {
      if (last === result) last = undefined;
    }
  };
}

function toLedgerFailure(error: unknown, what: string): unknown {
  const isSqlite = error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  if (!isSqlite) return error;
  return new AppError('ledger-failed', `${what}: ${error.message}.`, {
    cause: error,
    hint: 'Look whether the file is a ledger, may be written, and has room; other processes may hold it for 10 s at most.',
  });
}
