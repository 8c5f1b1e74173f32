import { parseLoggedChange } from '../core/attribution/logged-change.ts';
import { type JsonRecord, parseRecord } from '../core/estate/normalize/fields.ts';
import { buildProjectName } from '../core/estate/resource-name.ts';
import type { AuditLogReader } from '../core/world.ts';
import { AppError } from '../errors.ts';
import { watchedMethods } from '../events/watched-methods.ts';
import type { ReadPayload } from './audit-log-type.ts';
import { toReadError } from './google-read.ts';

/** As much of the Logging client as is used. */
export interface LogClient {
  listLogEntries(
    request: LogRequest,
    options: LogCallOptions,
  ): Promise<readonly [readonly unknown[], unknown, unknown]>;
  readonly readPayload: ReadPayload;
}

export interface LogRequest {
  readonly resourceNames: readonly string[];
  readonly filter: string;
  readonly orderBy: string;
  readonly pageSize: number;
}

export interface LogCallOptions {
  readonly autoPaginate: false;
  readonly timeout: number;
  readonly retry: null;
}

export interface AuditLogReaderParts {
  readonly client: () => Promise<LogClient>;
  /** How long the log is waited for (ms). */
  readonly timeoutMs?: number;
}

/** Google's most for one page; the sweep of an hour has a handful. */
const pageSize = 1000;

/**
 * Reads the admin activity log by one call: the watched methods, newest first, one page. The bound of time is always in
 * the filter: the client adds "the last 24 hours" without a word where it finds none (DESIGN 12). No repeats: who did it
 * is worth one question, not a run that waits.
 */
export function createAuditLogReader({ client, timeoutMs = 3000 }: AuditLogReaderParts): AuditLogReader {
  return {
    async readChanges(project, since) {
      const subject = { resource: buildProjectName(project), what: 'the audit log', role: 'roles/logging.viewer' };
      let answer: Answer;
      try {
        const log = await client();
        answer = await within(
          timeoutMs,
          log.listLogEntries(buildRequest(project, since), { autoPaginate: false, timeout: timeoutMs, retry: null }),
        );
      } catch (error) {
        throw toReadError(error, subject);
      }
      const [entries, , response] = answer;
      const token = parseRecord(response)?.['nextPageToken'];
      const { readPayload } = await client();
      const changes = entries.flatMap((entry) => readEntry(entry, readPayload) ?? []);
      return { changes, isWhole: typeof token !== 'string' || token === '' };
    },
  };
}

type Answer = Awaited<ReturnType<LogClient['listLogEntries']>>;

function buildRequest(project: string, since: number): LogRequest {
  const methods = [...new Set(watchedMethods.map(({ methodName }) => methodName))];
  const filter = [
    `logName=${JSON.stringify(`projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`)}`,
    `timestamp>="${new Date(since).toISOString()}"`,
    `protoPayload.methodName=(${methods.map((method) => JSON.stringify(method)).join(' OR ')})`,
  ].join(' AND ');
  return { resourceNames: [`projects/${project}`], filter, orderBy: 'timestamp desc', pageSize };
}

function readEntry(entry: unknown, readPayload: ReadPayload): ReturnType<typeof parseLoggedChange> {
  const { insertId, logName, protoPayload, resource, operation, timestamp } = parseRecord(entry) ?? {};
  const payload = readPayload(protoPayload);
  const at = readTime(parseRecord(timestamp));
  if (!payload || at === undefined) return undefined;
  return parseLoggedChange({ insertId, logName, protoPayload: payload, resource, operation }, at);
}

/** A google.protobuf.Timestamp: seconds may be a number, a text or a long. */
function readTime(timestamp: JsonRecord | undefined): number | undefined {
  const seconds = Number(timestamp?.['seconds']);
  const nanos = Number(timestamp?.['nanos'] ?? 0);
  return Number.isFinite(seconds) ? seconds * 1000 + Math.floor(nanos / 1e6) : undefined;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AppError('read-failed', `the audit log did not answer within ${ms / 1000} s`)),
      ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
