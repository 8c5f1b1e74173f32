import type { Settings } from '../config.ts';
import type { Ledger, Logger, World } from '../core/world.ts';
import { dryRunLedger } from './dry-run-ledger.ts';
import { dryRun } from './dry-run-writer.ts';
import { createGoogleClients, type GoogleClients } from './google-clients.ts';
import { createLiveReader } from './live-reader/create-live-reader.ts';
import { createPolicyApi } from './policy-api.ts';
import { createPolicyWriter } from './policy-writer.ts';
import { realTiming } from './retry-timing.ts';

export interface WorldOptions {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly log: Logger;
  /** Policies are read, edited and guarded; neither they nor the ledger are written. */
  readonly dryRun?: boolean;
  /** Default: Google, or the sandbox that `SALLYPORT_SANDBOX_URL` names. */
  readonly clients?: GoogleClients;
}

/** The world as it is: Google's live APIs, the real clock. Nothing is loaded of Google's clients until one is needed. */
export function createWorld(options: WorldOptions): World {
  const { settings, ledger, log, clients = createGoogleClients() } = options;
  const clock = { now: () => Date.now() };
  const writer = createPolicyWriter({
    api: createPolicyApi(clients),
    clock,
    timing: realTiming,
    capabilities: settings.capabilities,
    onRetry: (attempt, status) => log.debug('policy write repeated', { attempt, status }),
  });
  return {
    reader: createLiveReader({ clients, clock, timing: realTiming, settings }),
    writer: options.dryRun ? dryRun(writer) : writer,
    ledger: options.dryRun ? dryRunLedger(ledger) : ledger,
    clock,
    log,
    settings,
  };
}
