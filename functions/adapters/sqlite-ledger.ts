import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Change, ChangeIntent, ChangeResult } from '../core/change/change.ts';
import type { Finding } from '../core/finding.ts';
import type { FindingChanges, Hold, Ledger, Pause, Run, SeenGrant } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { migrate } from './sqlite-schema.ts';

/** A ledger in one SQLite file that several processes may use at once. */
export interface SqliteLedger extends Ledger {
  /** Forgets what ended more than `retentionDays` ago. */
  prune(): Promise<void>;
}

export const retentionDays = 400;
const dayMs = 86_400_000;

/** Opens or makes a ledger; `:memory:` for one that ends with the process. `now` in milliseconds since the epoch. */
export async function openSqliteLedger(file: string, now: () => number = Date.now): Promise<SqliteLedger> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 10000');
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  migrate(database);
  return buildLedger(database, now);
}

type Row = Record<string, SQLOutputValue>;

function buildLedger(database: DatabaseSync, now: () => number): SqliteLedger {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const run = (sql: string, ...values: SQLInputValue[]) => Number(prepare(sql).run(...values).changes);
  const all = (sql: string, ...values: SQLInputValue[]): Row[] => prepare(sql).all(...values);
  const changes = (where: string, ...values: SQLInputValue[]) =>
    all(`SELECT intent, result FROM change ${where}`, ...values).map(parseChange);

  return {
    async acquireLease(project, holder, ttlMs, task) {
      const at = now();
      return (
        run(
          `INSERT INTO lease (project, holder, until, task) VALUES (?, ?, ?, ?)
         ON CONFLICT (project) DO UPDATE SET holder = excluded.holder, until = excluded.until, task = excluded.task
         WHERE lease.until <= ? OR lease.holder = excluded.holder OR lease.task = excluded.task`,
          project,
          holder,
          at + ttlMs,
          task ?? null,
          at,
        ) === 1
      );
    },
    async renewLease(project, holder, ttlMs) {
      const at = now();
      const sql = 'UPDATE lease SET until = ? WHERE project = ? AND holder = ? AND until > ?';
      return run(sql, at + ttlMs, project, holder, at) === 1;
    },
    async releaseLease(project, holder) {
      run('DELETE FROM lease WHERE project = ? AND holder = ?', project, holder);
    },

    async recordIntent(intent) {
      run(
        'INSERT INTO change (id, project, at, resource, intent) VALUES (?, ?, ?, ?, ?)',
        intent.id,
        intent.project,
        intent.at,
        intent.change.resource,
        JSON.stringify(intent),
      );
    },
    async recordResult(changeId, result) {
      const etag = result.outcome === 'applied' ? (result.after?.etag ?? null) : null;
      const sql = 'UPDATE change SET result = ?, etag = ? WHERE id = ?';
      if (run(sql, JSON.stringify(result), etag, changeId) === 1) return;
      throw new AppError('ledger-failed', `The ledger has no intent ${changeId} that a result could belong to.`);
    },
    async openIntents(project) {
      return changes('WHERE project = ? AND result IS NULL ORDER BY at, rowid', project);
    },
    async findChange(changeId) {
      return changes('WHERE id = ?', changeId)[0];
    },
    async changesSince(since, project) {
      return project === undefined
        ? changes('WHERE at >= ? ORDER BY at DESC, rowid DESC', since)
        : changes('WHERE at >= ? AND project = ? ORDER BY at DESC, rowid DESC', since, project);
    },
    async isOwnEtag(resource, etag) {
      return all('SELECT 1 FROM change WHERE resource = ? AND etag = ? LIMIT 1', resource, etag).length > 0;
    },

    async addHold({ project, resource, member, until, reason }) {
      run('INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?, ?)', project, resource, member, until, reason);
    },
    async holds(project, at) {
      return all('SELECT * FROM hold WHERE project = ? AND until > ? ORDER BY rowid', project, at).map(parseHold);
    },

    async rejectClientId(clientId, until) {
      run("INSERT OR REPLACE INTO client_id VALUES (?, 'rejected', ?)", clientId, until);
    },
    async acceptClientId(clientId) {
      run("INSERT OR REPLACE INTO client_id VALUES (?, 'accepted', NULL)", clientId);
    },
    async clientIds(at) {
      const rows = all('SELECT id, state FROM client_id WHERE until IS NULL OR until > ?', at);
      const inState = (state: string) =>
        new Set(rows.filter((row) => row['state'] === state).map((row) => String(row['id'])));
      return { rejected: inState('rejected'), accepted: inState('accepted') };
    },

    async saveFindings(project, findings, at) {
      return inTransaction(database, () => saveFindings(project, findings, at));
    },
    async openFindings(project) {
      const rows =
        project === undefined
          ? all('SELECT finding, opened_at FROM finding WHERE resolved_at IS NULL ORDER BY opened_at, rowid')
          : all(
              'SELECT finding, opened_at FROM finding WHERE resolved_at IS NULL AND project = ? ORDER BY opened_at, rowid',
              project,
            );
      return rows.map((row) => ({ finding: parseFinding(row), openedAt: Number(row['opened_at']) }));
    },

    async saveSeenGrants(project, grants, at) {
      inTransaction(database, () => saveSeenGrants(project, grants, at));
    },
    async seenGrants(project) {
      return all('SELECT * FROM seen_grant WHERE project = ? ORDER BY rowid', project).map(parseSeenGrant);
    },

    async recordOnPath(project, services, at) {
      const sql = 'INSERT OR REPLACE INTO on_path VALUES (?, ?, ?)';
      inTransaction(database, () => {
        for (const service of services) run(sql, project, service, at);
      });
    },
    async recentlyOnPath(project, since) {
      const sql = 'SELECT service FROM on_path WHERE project = ? AND at >= ? ORDER BY service';
      return all(sql, project, since).map((row) => String(row['service']));
    },

    async recordRun(record) {
      const sql = 'INSERT OR REPLACE INTO run (id, project, started_at, run) VALUES (?, ?, ?, ?)';
      run(sql, record.id, record.project, record.startedAt, JSON.stringify(record));
    },
    async runs(limit) {
      return all('SELECT run FROM run ORDER BY started_at DESC, rowid DESC LIMIT ?', limit).map(parseRun);
    },

    async setPaused(paused, note = { who: '', why: '' }) {
      run('INSERT INTO pause VALUES (?, ?, ?, ?)', now(), paused ? 1 : 0, note.who, note.why);
    },
    async isPaused() {
      return all('SELECT is_on FROM pause ORDER BY rowid DESC LIMIT 1')[0]?.['is_on'] === 1;
    },
    async pauses(limit) {
      return all('SELECT * FROM pause ORDER BY rowid DESC LIMIT ?', limit).map(parsePause);
    },

    async prune() {
      const limit = now() - retentionDays * dayMs;
      inTransaction(database, () => {
        run('DELETE FROM change WHERE at < ? AND result IS NOT NULL', limit);
        run('DELETE FROM finding WHERE resolved_at < ?', limit);
        run('DELETE FROM run WHERE started_at < ?', limit);
        run('DELETE FROM hold WHERE until < ?', limit);
        run('DELETE FROM client_id WHERE until < ?', limit);
        run('DELETE FROM on_path WHERE at < ?', limit);
        // The last one says whether there is a pause now.
        run('DELETE FROM pause WHERE at < ? AND rowid < (SELECT max(rowid) FROM pause)', limit);
      });
    },
    async close() {
      database.close();
    },
  };

  function saveSeenGrants(project: string, grants: readonly Omit<SeenGrant, 'since'>[], at: number): void {
    const known = all('SELECT * FROM seen_grant WHERE project = ?', project).map(parseSeenGrant);
    const since = new Map(known.map((grant) => [`${grant.resource} ${grant.member}`, grant.since]));
    run('DELETE FROM seen_grant WHERE project = ?', project);
    for (const { resource, member } of grants) {
      const first = since.get(`${resource} ${member}`) ?? at;
      run('INSERT OR IGNORE INTO seen_grant VALUES (?, ?, ?, ?)', project, resource, member, first);
    }
  }

  function saveFindings(project: string, findings: readonly Finding[], at: number): FindingChanges {
    const current = new Map(findings.map((finding) => [finding.id, finding]));
    const open = all('SELECT id, finding FROM finding WHERE project = ? AND resolved_at IS NULL', project);
    const known = new Set(open.map((row) => String(row['id'])));
    const gone = open.filter((row) => !current.has(String(row['id'])));
    for (const row of gone) {
      const sql = 'UPDATE finding SET resolved_at = ? WHERE project = ? AND id = ? AND resolved_at IS NULL';
      run(sql, at, project, String(row['id']));
    }
    for (const [id, finding] of current) {
      // What is known keeps its opening time; its words may have changed.
      run(
        `INSERT INTO finding (project, id, opened_at, finding) VALUES (?, ?, ?, ?)
         ON CONFLICT (project, id) WHERE resolved_at IS NULL DO UPDATE SET finding = excluded.finding`,
        project,
        id,
        at,
        JSON.stringify(finding),
      );
    }
    return {
      opened: [...current.values()].filter((finding) => !known.has(finding.id)),
      resolved: gone.map(parseFinding),
    };
  }
}

/** IMMEDIATE: the write lock is taken before the first read, so that two processes cannot both decide on the old state. */
function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function parseChange(row: Row): Change {
  const intent = JSON.parse(String(row['intent'])) as ChangeIntent;
  return row['result'] === null ? intent : { ...intent, result: JSON.parse(String(row['result'])) as ChangeResult };
}

function parseFinding(row: Row): Finding {
  return JSON.parse(String(row['finding'])) as Finding;
}

function parseRun(row: Row): Run {
  return JSON.parse(String(row['run'])) as Run;
}

function parseHold(row: Row): Hold {
  return {
    project: String(row['project']),
    resource: String(row['resource']),
    member: String(row['member']),
    until: Number(row['until']),
    reason: String(row['reason']),
  };
}

function parseSeenGrant(row: Row): SeenGrant {
  return { resource: String(row['resource']), member: String(row['member']), since: Number(row['since']) };
}

function parsePause(row: Row): Pause {
  const [who, why] = [String(row['who']), String(row['why'])];
  return { paused: row['is_on'] === 1, who, why, at: Number(row['at']) };
}
