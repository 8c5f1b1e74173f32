import type { Settings } from '../config.ts';
import type { Capability, Finding } from './finding.ts';
import type { Inventory, Policy } from './inventory.ts';

/** What `reconcile` may touch. Everything outside sits behind these interfaces; retry, dry run and limits wrap them. */
export interface World {
  readonly reader: InventoryReader;
  readonly writer: PolicyWriter;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: Settings;
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
  readProject(project: string): Promise<Inventory>;
  /** The live policy of one resource by full resource name, version 3. */
  readPolicy(resource: string): Promise<PolicyRead>;
}

export interface PolicyRead {
  readonly policy: Policy;
  /** When the read was answered, in milliseconds since the epoch. */
  readonly readAt: number;
}

export interface PolicyWriter {
  /**
   * Adds or removes members of one role in the unconditional binding of one resource's own policy, read-modify-write
   * with the etag. Nothing to change: nothing is written. Throws `write-refused` (guard), `principal-does-not-exist`, `write-denied`, `write-failed`.
   */
  changePolicy(change: PolicyChange): Promise<PolicyChangeResult>;
}

export interface PolicyChange {
  readonly capability: Capability;
  readonly kind: 'add' | 'remove';
  readonly resource: string;
  readonly role: string;
  readonly members: readonly string[];
  /** Id of the change of ours that this one takes back: the only removal that `grant-invoker` allows. */
  readonly undoes?: string;
  /** A live read that may be used as the base if it is younger than 5 s. */
  readonly base?: PolicyRead;
}

export interface PolicyChangeResult {
  readonly changed: boolean;
  readonly before: Policy;
  readonly after: Policy;
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

  recordRun(run: Run): Promise<void>;
  runs(limit: number): Promise<readonly Run[]>;

  setPaused(paused: boolean): Promise<void>;
  isPaused(): Promise<boolean>;

  close(): Promise<void>;
}

export interface ChangeIntent {
  readonly id: string;
  readonly project: string;
  readonly runId: string;
  readonly findingIds: readonly string[];
  readonly change: Omit<PolicyChange, 'base'>;
  readonly at: number;
}

export interface ChangeResult {
  readonly outcome: 'applied' | 'unchanged' | 'failed';
  readonly at: number;
  /** Policies before and after, with their etags, where they are known. */
  readonly before?: Policy;
  readonly after?: Policy;
  readonly code?: string;
  readonly message?: string;
}

export interface Change extends ChangeIntent {
  readonly result?: ChangeResult;
}

export interface Hold {
  readonly project: string;
  readonly resource: string;
  readonly member: string;
  readonly until: number;
  readonly reason: string;
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
