import type { Settings } from '../config.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Logger, World } from '../core/world.ts';
import { createAuditLogReader } from './audit-log-reader.ts';
import { createWriter } from './create-writer.ts';
import { dryRunLedger } from './dry-run-ledger.ts';
import { createGoogleClients, type GoogleClients } from './google-clients.ts';
import { createLiveReader } from './live-reader/create-live-reader.ts';
import { realTiming } from './retry-timing.ts';

export interface WorldOptions {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly log: Logger;
  /** Everything is read, prepared and guarded; nothing is written, the ledger included. */
  readonly dryRun?: boolean;
  /** What this process may use of the settings' capabilities; default: all of them. */
  readonly capabilities?: readonly string[];
  /** Default: Google, or the sandbox that `SALLYPORT_SANDBOX_URL` names. */
  readonly clients?: GoogleClients;
}

/** The world as it is: Google's live APIs, the real clock. Nothing is loaded of Google's clients until one is needed. */
export function createWorld(options: WorldOptions): World {
  const { settings, ledger, log, clients = createGoogleClients() } = options;
  const clock = { now: () => Date.now() };
  const capabilities = settings.capabilities.filter((one) => options.capabilities?.includes(one) ?? true);
  const { writer, preview } = createWriter({ clients, clock, timing: realTiming, capabilities, log });
  return {
    reader: createLiveReader({ clients, clock, timing: realTiming, settings }),
    writer: options.dryRun ? preview : writer,
    ledger: options.dryRun ? dryRunLedger(ledger) : ledger,
    auditLog: createAuditLogReader({ client: () => clients.logging() }),
    clock,
    log,
    settings,
    capabilities,
  };
}
