import { randomUUID } from 'node:crypto';
import type { Cloud } from '../cloud.ts';
import type { ExecutionRecord, WorkflowRecord } from './workflow-store.ts';

/** Starts a workflow with a JSON argument (default null). Something must run it: `createWorkflowRunner`. */
export function startExecution(
  cloud: Cloud,
  workflow: WorkflowRecord,
  given: {
    readonly argument?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly callLogLevel?: string;
  } = {},
): ExecutionRecord {
  const execution: ExecutionRecord = {
    name: `${workflow.name}/executions/${randomUUID()}`,
    workflow,
    argument: given.argument ?? 'null',
    labels: given.labels ?? {},
    ...(given.callLogLevel === undefined ? {} : { callLogLevel: given.callLogLevel }),
    startTime: cloud.now().toISOString(),
    cancel: new AbortController(),
    state: 'ACTIVE',
  };
  cloud.workflows.start(execution);
  return execution;
}
