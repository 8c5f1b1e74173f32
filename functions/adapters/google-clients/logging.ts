import type { LogClient } from '../audit-log-reader.ts';
import type { Connection } from './connection.ts';

/** Cloud Logging, taught to read audit entries (docs/decisions: the Logging client is taught audit entries). */
export async function openLogging(connection: Connection): Promise<LogClient> {
  const [{ default: library }, { teachAuditLog }, options] = await Promise.all([
    import('@google-cloud/logging'),
    import('../audit-log-type.ts'),
    connection.restMode('logging'),
  ]);
  const client = new library.v2.LoggingServiceV2Client(options);
  return {
    listLogEntries: (request, options) => client.listLogEntries(request, options),
    readPayload: teachAuditLog(client),
  };
}
