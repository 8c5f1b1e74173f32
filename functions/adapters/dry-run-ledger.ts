import type { Ledger } from '../core/world.ts';

/** A ledger that is read as it is and remembers nothing new: what a dry run did not do must not stand in it. */
export function dryRunLedger(ledger: Ledger): Ledger {
  const nothing = async () => undefined;
  return {
    ...ledger,
    acquireLease: async () => true,
    renewLease: async () => true,
    releaseLease: nothing,
    recordIntent: nothing,
    recordResult: nothing,
    openIntents: async () => [],
    addHold: nothing,
    rejectClientId: nothing,
    acceptClientId: nothing,
    saveFindings: async (_project, findings) => ({ opened: findings, resolved: [] }),
    saveSeenGrants: nothing,
    recordOnPath: nothing,
    recordRun: nothing,
    setPaused: nothing,
  };
}
