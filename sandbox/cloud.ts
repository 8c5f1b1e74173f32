import type { Caller } from './api.ts';
import type { PubSubStore } from './pubsub-store.ts';
import type { ScheduleStore } from './scheduler/schedule-store.ts';
import type { StorageStore } from './storage-store.ts';
import type { TaskStore } from './task-store.ts';
import type { WorkflowStore } from './workflows/workflow-store.ts';

/**
 * The state of the local Google Cloud: resources as the real APIs return them, by relative resource name, and their
 * policies. `apis/` read and change it; `front-door/` answers users from it; `audit` tells the world what was changed.
 */
export interface Cloud {
  /** `today`: IAM refuses an OAuth client ID as a member. `2021`: it takes `serviceAccount:<clientId>`. */
  readonly iam: 'today' | '2021';
  readonly projects: Map<string, ProjectRecord>;
  /** `folders/1`, `organizations/2` -> display name and parent. */
  readonly folders: Map<string, FolderRecord>;
  /** Cloud Run services in v1 (knative) shape by `projects/ID/locations/R/services/S`; v2 answers are converted from it. */
  readonly runServices: Map<string, RunServiceRecord>;
  /** Compute resources by `projects/ID/global/backendServices/B`, `projects/ID/regions/R/networkEndpointGroups/N`, … */
  readonly compute: Map<string, ComputeRecord>;
  /**
   * Policies by `projects/ID`, `folders/1`, `organizations/2`, `projects/ID/locations/R/services/S` (Run),
   * `projects/NUMBER/iap_web/compute/services/ID` and the other iap_web names.
   */
  readonly policies: Map<string, StoredPolicy>;
  /** IAP settings by the same iap_web names. */
  readonly iapSettings: Map<string, Record<string, unknown>>;
  /** E-mails of service accounts and agents that exist. `user:` members always exist. */
  readonly serviceAccounts: Set<string>;
  /** false: switching IAP on creates no service agent, as where Google's own creation failed; it must be asked for. Default true. */
  provisionsIapAgents?: boolean;
  /** Custom and predefined roles: name -> permissions. The predefined ones are a table of ours (FACTS 9). */
  readonly roles: Map<string, readonly string[]>;
  /** Cloud Tasks queues and tasks. */
  readonly tasks: TaskStore;
  /** Pub/Sub topics, messages and subscriptions. */
  readonly pubsub: PubSubStore;
  /** Workflows, their executions and callbacks. */
  readonly workflows: WorkflowStore;
  /** Eventarc's triggers as the API returns them, by `projects/ID/locations/L/triggers/T`. */
  readonly triggers: Map<string, TriggerRecord>;
  /** Cloud Logging's sinks as the API returns them, by `projects/ID/sinks/S`. */
  readonly sinks: Map<string, Record<string, unknown>>;
  /** `projects/ID/services/run.googleapis.com`: APIs that are switched off; all others are on. */
  readonly disabledApis: Set<string>;
  /** Cloud Scheduler's jobs. */
  readonly schedules: ScheduleStore;
  /** Cloud Storage's buckets and objects. */
  readonly storage: StorageStore;
  /** Regions that lists cannot reach: they are named in `unreachable` and their services are left out. */
  readonly unreachableRegions?: Set<string>;
  /** Log entries, oldest first, for entries.list. */
  readonly logEntries: LogEntry[];
  now(): Date;
  /** Stores an audit entry and delivers it as Eventarc and log sinks do. */
  audit(entry: LogEntry): void;
}

export interface ProjectRecord {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly displayName: string;
  /** `folders/1`, `organizations/2`; absent for a project without organisation. */
  readonly parent?: string;
  readonly createTime: string;
}

export interface TriggerRecord extends Readonly<Record<string, unknown>> {
  readonly name: string;
}

export interface FolderRecord {
  readonly name: string;
  readonly displayName: string;
  readonly parent?: string;
}

export interface RunServiceRecord {
  apiVersion: 'serving.knative.dev/v1';
  kind: 'Service';
  metadata: Record<string, unknown> & {
    name: string;
    namespace: string;
    annotations: Record<string, string>;
    labels: Record<string, string>;
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
}

export type ComputeRecord = Record<string, unknown> & { name: string; id: string; selfLink: string };

export interface StoredPolicy {
  version?: number;
  etag: string;
  bindings?: { role: string; members?: string[]; condition?: Record<string, unknown> }[];
  [field: string]: unknown;
}

/** A LogEntry with an AuditLog payload, as Cloud Logging gives it. */
export type LogEntry = Record<string, unknown> & {
  insertId: string;
  logName: string;
  timestamp: string;
  protoPayload: Record<string, unknown> & { serviceName: string; methodName: string; resourceName: string };
  resource: { type: string; labels: Record<string, string> };
};

/** What an API needs to say of a change so that `buildAuditEntries` can write Google's entries for it. */
export interface AuditedChange {
  readonly serviceName: string;
  readonly methodName: string;
  readonly resourceName: string;
  readonly permission: string;
  readonly caller: Caller;
  readonly userAgent: string;
  readonly project: string;
  readonly location: string;
  readonly monitoredResource: { readonly type: string; readonly labels: Record<string, string> };
  readonly request?: Record<string, unknown>;
  readonly response?: Record<string, unknown>;
  /** Resource Manager: what a new policy adds and removes. */
  readonly serviceData?: Record<string, unknown>;
  /** Long-running: two entries, first and last, with this operation id. */
  readonly operationId?: string;
  /** A refused call: google.rpc.Code and message. */
  readonly status?: { readonly code: number; readonly message: string };
}
