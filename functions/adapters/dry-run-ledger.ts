import type { Ledger } from '../core/ledger.ts';

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
    recordIapOn: nothing,
    askApproval: async (approval) => ({ approval, isNew: false }),
    supersedeApprovals: async () => [],
    decideApproval: async () => 'unknown',
    moveApproval: async () => false,
    setApprovalCallback: nothing,
    putNotice: nothing,
    claimNotices: async () => [],
    noticeSent: nothing,
    noticeFailed: nothing,
    recordSweep: nothing,
    setActor: nothing,
    recordRun: nothing,
    prune: nothing,
    setPaused: nothing,
  };
}
