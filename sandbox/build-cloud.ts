import type { Cloud, LogEntry } from './cloud.ts';
import { predefinedRoles } from './predefined-roles.ts';
import { buildPubSubStore } from './pubsub-store.ts';
import { buildScheduleStore } from './scheduler/schedule-store.ts';
import { buildStorageStore } from './storage-store.ts';
import { buildTaskStore } from './task-store.ts';
import { buildWorkflowStore } from './workflows/workflow-store.ts';

export type AuditListener = (entry: LogEntry) => void;

export interface CloudOptions {
  readonly iam?: 'today' | '2021';
  readonly now?: () => Date;
}

/** An empty cloud that knows Google's predefined roles. `onAudit` hears each audit entry after it was stored. */
export function buildCloud(options: CloudOptions = {}): {
  readonly cloud: Cloud;
  onAudit(listener: AuditListener): () => void;
} {
  const listeners = new Set<AuditListener>();
  const logEntries: LogEntry[] = [];
  const now = options.now ?? (() => new Date());
  const cloud: Cloud = {
    iam: options.iam ?? 'today',
    projects: new Map(),
    folders: new Map(),
    runServices: new Map(),
    compute: new Map(),
    policies: new Map(),
    iapSettings: new Map(),
    serviceAccounts: new Set(),
    roles: new Map(Object.entries(predefinedRoles)),
    tasks: buildTaskStore(),
    pubsub: buildPubSubStore(now),
    workflows: buildWorkflowStore(),
    triggers: new Map(),
    sinks: new Map(),
    disabledApis: new Set(),
    schedules: buildScheduleStore(),
    storage: buildStorageStore(),
    unreachableRegions: new Set(),
    logEntries,
    now,
    audit(entry) {
      logEntries.push(entry);
      for (const listener of listeners) listener(entry);
    },
  };
  return {
    cloud,
    onAudit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
