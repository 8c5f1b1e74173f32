import type { Settings } from '../config.ts';
import type { LoggedChange } from './attribution/logged-change.ts';
import type {
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
import type { Inventory } from './inventory.ts';
import type { Ledger } from './ledger.ts';

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
