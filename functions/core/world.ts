import type { Settings } from '../config.ts';
import type { LoggedChange } from './attribution/logged-change.ts';
import type {
  Change,
  ChangeIntent,
  ChangeResult,
  CustomAudienceChange,
  IdentityChange,
  IngressChange,
  IngressChangeResult,
  PolicyChange,
  PolicyChangeResult,
  PolicyRead,
  PushAudienceChange,
  PushAudienceChangeResult,
  PushState,
  ServiceState,
} from './change/change.ts';
import type { Finding } from './finding.ts';
import type { Inventory } from './inventory.ts';
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

/** What `reconcile` may touch. Everything outside sits behind these interfaces; retry, dry run and limits wrap them. */
export interface World {
  readonly reader: InventoryReader;
  readonly writer: Writer;
  readonly ledger: Ledger;
  /** Absent: nobody looks up who caused what. */
  readonly auditLog?: AuditLogReader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Settings;
  /** Capabilities that this process may use: the settings', or fewer where each has a function of its own (DESIGN 5). */
  readonly capabilities: readonly string[];
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Something a person must look at. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface InventoryReader {
  /** Everything the rules need to know about one project (id or number). Throws `project-not-found`, `read-denied` or `read-failed` when nothing can be said; single gaps are in `unreadable`. */
  readProject(project: string, options?: ReadOptions): Promise<Inventory>;
  /** The live policy of one resource by full resource name, version 3. */
  readPolicy(resource: string): Promise<PolicyRead>;
  /** The live ingress, audiences and version of one Cloud Run service by full resource name. */
  readServiceState(resource: string): Promise<ServiceState>;
  /** The live push configuration of one subscription by full resource name. */
  readPushState(resource: string): Promise<PushState>;
}

/** As much of it as whoever changes nothing uses. */
export type ProjectReader = Pick<InventoryReader, 'readProject'>;

/** Google's audit log of one project at a time. */
export interface AuditLogReader {
  /** Changes of the watched kinds since `since` (ms), newest first, by one bounded call. Throws `read-denied` or `read-failed`. */
  readChanges(project: string, since: number): Promise<LoggedChanges>;
}

export interface LoggedChanges {
  readonly changes: readonly LoggedChange[];
  /** False: there were more, and only the newest are here. */
  readonly isWhole: boolean;
}

/** What is read beyond what every run needs. */
export interface ReadOptions {
  /** Whom IAP lets in: a few calls for each IAP backend, so not for single events (DESIGN 11). Default: not read. */
  readonly iapPolicies?: boolean;
  /** Balancers and push subscriptions, and what IAP's settings say of OAuth clients: 6 calls, and one for each backend that a push reaches. Default: not read. */
  readonly pushPaths?: boolean;
  /**
   * For questions about any URL: policies of every service, not only of those on access paths, custom roles whoever holds
   * them, and (with `pushPaths`) IAP's settings of all that IAP guards. A call for each. Default: not read.
   */
  readonly everyDoor?: boolean;
  /** Services that were on an access path lately, by full resource name: those that are there still are read as if they were on one. */
  readonly recentlyOnPath?: readonly string[];
  /** Backends (full resource names) that had IAP on: where it is off now, policies of the services behind them are read all the same. */
  readonly hadIapOn?: readonly string[];
}

/** All that Sallyport changes outside itself, one method a kind of change. Each has a guard of its own behind it. */
export interface Writer {
  /**
   * Adds or removes members of one binding of one resource's own policy, read-modify-write with the etag. Nothing to
   * change: nothing is written. Throws `write-refused` (guard), `grant-before-revoke`, `principal-does-not-exist`,
   * `write-denied`, `write-failed`, `write-not-kept`.
   */
  changePolicy(change: PolicyChange): Promise<PolicyChangeResult>;
  /** Sets the ingress of one service and nothing else of it, bound to the version that was read. Throws as `changePolicy`, and `undo-changed-since`. */
  changeIngress(change: IngressChange): Promise<IngressChangeResult>;
  /** Sets the audience of one push subscription and nothing else of it. Throws as `changePolicy`, and `undo-changed-since`. */
  changePushAudience(change: PushAudienceChange): Promise<PushAudienceChangeResult>;
  /** Adds one custom audience to one service, bound to the version that was read; its undo takes it out. Throws as `changeIngress`. */
  changeCustomAudience(change: CustomAudienceChange): Promise<IngressChangeResult>;
  /** Asks Google for its account of a service in a project; one that is there stays as it is. Throws `write-refused`, `write-denied`, `write-failed`. */
  createIdentity(change: IdentityChange): Promise<void>;
}

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

  /** Replaces the open findings of a project; says which are new and which are gone. */
  saveFindings(project: string, findings: readonly Finding[], now: number): Promise<FindingChanges>;
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
