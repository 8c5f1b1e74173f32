import { connectToGoogle } from './google-clients/connection.ts';
import { openLogging } from './google-clients/logging.ts';
import { openRunV2 } from './google-clients/run-v2.ts';
import { openServiceUsage } from './google-clients/service-usage.ts';
import type { AccessToken } from './metadata-token.ts';
import { once } from './once.ts';
import { createReadClients, type ReadClients } from './read-clients.ts';

/** All clients of Google's APIs that `reconcile` and the command line use, each loaded and made on first use (DESIGN 11). */
export interface GoogleClients extends ReadClients {
  /** Only for updates of services. */
  runV2(): ReturnType<typeof openRunV2>;
  serviceUsage(): ReturnType<typeof openServiceUsage>;
  logging(): ReturnType<typeof openLogging>;
}

/** See `connectToGoogle` for `token`. */
export function createGoogleClients(
  env: Record<string, string | undefined> = process.env,
  token?: AccessToken,
): GoogleClients {
  const connection = connectToGoogle(env, token);
  return {
    ...createReadClients(connection),
    runV2: once(() => openRunV2(connection)),
    serviceUsage: once(() => openServiceUsage(connection)),
    logging: once(() => openLogging(connection)),
  };
}
