import type { Change, ChangeIntent, ChangeResult } from './change/change.ts';
import type { Finding } from './finding.ts';
import type {
  Approval,
  ApprovalDecision,
  ApprovalState,
  Decided,
  FindingStay,
  Notice,
  NoticeContent,
  SeenIap,
  Sweep,
} from './people.ts';

/** Sallyport's own memory (DESIGN 8). Two engines behind it: SQLite on a laptop, Firestore in the cloud. */
export interface Ledger {
  /**
   * Takes the one lease of a project for `ttlMs`; false when another holder has it. A lease taken for a `task` passes at
   * once to the next holder that comes with the same task: the queue delivers a task again when its run has died. The
   * holder before it can renew no more, so that it stops writing if it is alive after all.
   */
  acquireLease(project: string, holder: string, ttlMs: number, task?: string): Promise<boolean>;
  /** Extends a lease that is still ours; false when it is not. */
  renewLease(project: string, holder: string, ttlMs: number): Promise<boolean>;
  releaseLease(project: string, holder: string): Promise<void>;

  /** Writes down what is about to be done, before it is done. */
  recordIntent(intent: ChangeIntent): Promise<void>;
  /** Writes down what came of it. */
  recordResult(changeId: string, result: ChangeResult): Promise<void>;
  openIntents(project: string): Promise<readonly Change[]>;
  findChange(changeId: string): Promise<Change | undefined>;
  /** Changes whose intent is at or after `since` (ms), newest first, of one project or of all. */
  changesSince(since: number, project?: string): Promise<readonly Change[]>;
  /** Whether a change of ours on this resource ended with this etag. */
  isOwnEtag(resource: string, etag: string): Promise<boolean>;

  /** Keeps `enforce` from doing this to that resource and member until `until` (ms). */
  addHold(hold: Hold): Promise<void>;
  holds(project: string, now: number): Promise<readonly Hold[]>;

  /** A client ID that IAM refused: not tried again until `until` (ms). */
  rejectClientId(clientId: string, until: number): Promise<void>;
  /** A client ID that IAM took as a member: agent and client ID may go in one write. */
  acceptClientId(clientId: string): Promise<void>;
  clientIds(now: number): Promise<ClientIds>;

  /**
   * Replaces the open findings of a project; says which are new and which are gone. `exempt`: ids of findings that are still
   * so, and that somebody has decided to live with.
   */
  saveFindings(
    project: string,
    findings: readonly Finding[],
    now: number,
    exempt?: ReadonlySet<string>,
  ): Promise<FindingChanges>;
  openFindings(project?: string): Promise<readonly OpenFinding[]>;

  /** Replaces the grants seen in a project's policies; those seen before keep the time since when they have been there without a break. */
  saveSeenGrants(project: string, grants: readonly Omit<SeenGrant, 'since'>[], now: number): Promise<void>;
  seenGrants(project: string): Promise<readonly SeenGrant[]>;

  /** Remembers that these services (full resource names) are on access paths at `now` (ms). */
  recordOnPath(project: string, services: readonly string[], now: number): Promise<void>;
  /** Services that were on an access path of the project at `since` (ms) or later. */
  recentlyOnPath(project: string, since: number): Promise<readonly string[]>;

  /** Remembers that these backends have IAP on at `now` (ms); those it knows already and that are not named keep their memory. */
  recordIapOn(project: string, backends: readonly Omit<SeenIap, 'lastOn'>[], now: number): Promise<void>;
  /** Backends of the project that had IAP on at some time. */
  iapSeenOn(project: string): Promise<readonly SeenIap[]>;

  /**
   * Puts a question; in one step every other waiting question of the project becomes `superseded`. One that waits with the
   * same `planHash` stays as it is and is given back with `isNew: false`.
   */
  askApproval(approval: Approval): Promise<{ readonly approval: Approval; readonly isNew: boolean }>;
  /** Ends all waiting questions of a project: nothing is left to ask about. Gives those back that were ended. */
  supersedeApprovals(project: string): Promise<readonly Approval[]>;
  /** One person's answer, once only, to exactly the list that was shown. Nothing changes unless it says `decided`. */
  decideApproval(id: string, planHash: string, decision: ApprovalDecision): Promise<Decided>;
  /** Moves a question on if it is in `from` now; false when it is not. */
  moveApproval(id: string, from: ApprovalState, to: ApprovalState): Promise<boolean>;
  /** Remembers where a workflow waits for the answer. */
  setApprovalCallback(id: string, url: string): Promise<void>;
  findApproval(id: string): Promise<Approval | undefined>;
  /** Newest first. */
  approvals(filter?: {
    readonly project?: string;
    readonly state?: ApprovalState;
    readonly since?: number;
  }): Promise<readonly Approval[]>;

  /** Puts a notice into the outbox, or gives one that is there its new content; the same content again changes nothing. */
  putNotice(
    notice: {
      readonly id: string;
      readonly project: string;
      readonly channel: string;
      readonly content: NoticeContent;
    },
    now: number,
  ): Promise<void>;
  /** Takes notices that are due, each for one sender only; also those of a sender that has been silent for `staleMs`. */
  claimNotices(sender: string, limit: number, now: number, staleMs: number): Promise<readonly Notice[]>;
  /** It is there: people see this revision. A newer revision makes it due again. */
  noticeSent(id: string, sender: string, sent: { readonly ts: string; readonly revision: number }): Promise<void>;
  /** It is not there (known): due again from `notBefore` (ms) on. */
  noticeFailed(id: string, sender: string, notBefore: number): Promise<void>;
  findNotice(id: string): Promise<Notice | undefined>;
  /** How many are not sent yet. */
  dueNotices(): Promise<number>;
  /** When the next of them can be claimed (ms), a sender that has been silent for `staleMs` counted as dead; undefined = all are sent. */
  nextNotice(staleMs: number): Promise<number | undefined>;

  recordSweep(sweep: Sweep): Promise<void>;
  /** Newest first. */
  sweeps(limit: number): Promise<readonly Sweep[]>;
  /** Findings that were open at `since` (ms) or later, with their times, oldest first. */
  findingStays(since: number, project?: string): Promise<readonly FindingStay[]>;
  /** Adds who caused it to an open finding; kept when the finding is saved again without one. */
  setActor(project: string, findingId: string, actor: string): Promise<void>;

  recordRun(run: Run): Promise<void>;
  /** Newest first. */
  runs(limit: number, project?: string): Promise<readonly Run[]>;

  /** Forgets what ended more than `retentionDays` before `now` (ms). */
  prune(retentionDays: number, now: number): Promise<void>;

  /** Begins or ends the pause; who and why are kept. */
  setPaused(paused: boolean, note?: PauseNote): Promise<void>;
  isPaused(): Promise<boolean>;
  /** Beginnings and ends of pauses, newest first, up to a limit. */
  pauses(limit: number): Promise<readonly Pause[]>;

  close(): Promise<void>;
}

export interface Hold {
  readonly project: string;
  readonly resource: string;
  readonly member: string;
  readonly until: number;
  readonly reason: string;
}

/** A wanted identity's grant on a service's own policy, as runs have seen it. */
export interface SeenGrant {
  /** Full resource name of the service. */
  readonly resource: string;
  readonly member: string;
  /** When a run saw it first, or made it (ms). */
  readonly since: number;
}

interface PauseNote {
  readonly who: string;
  readonly why: string;
}

export interface Pause extends PauseNote {
  /** False: the pause was ended. */
  readonly paused: boolean;
  readonly at: number;
}

export interface ClientIds {
  readonly rejected: ReadonlySet<string>;
  readonly accepted: ReadonlySet<string>;
}

export interface OpenFinding {
  readonly finding: Finding;
  /** When it was first found since it was last resolved (ms). */
  readonly openedAt: number;
}

export interface FindingChanges {
  readonly opened: readonly Finding[];
  readonly resolved: readonly Finding[];
}

export interface Run {
  readonly id: string;
  readonly project: string;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: string;
  readonly settingsHash: string;
  readonly findings: number;
  readonly changes: number;
  readonly error?: string;
}
