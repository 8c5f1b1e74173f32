import type { Program } from './source/program.ts';
import type { Value } from './value.ts';

/** Workflows: what is deployed, what runs, and the addresses at which running ones wait. */
export interface WorkflowStore {
  /** By `projects/ID/locations/L/workflows/W`. */
  readonly workflows: Map<string, WorkflowRecord>;
  /** By `…/workflows/W/executions/E`, oldest first. */
  readonly executions: ReadonlyMap<string, ExecutionRecord>;
  /** By `…/executions/E/callbacks/C`. */
  readonly callbacks: Map<string, CallbackRecord>;
  start(execution: ExecutionRecord): void;
  /** Hears each execution after it was created. */
  onStarted(listener: (execution: ExecutionRecord) => void): void;
}

export interface WorkflowRecord {
  readonly name: string;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** E-mail. */
  readonly serviceAccount: string;
  readonly source: string;
  readonly program: Program;
  readonly userEnvVars: Readonly<Record<string, string>>;
  readonly callLogLevel?: string;
  readonly createTime: string;
  readonly updateTime: string;
  /** `000001-a4d`: counts the changes of source, account and variables. */
  readonly revisionId: string;
  readonly revisionCreateTime: string;
}

export type ExecutionState = 'ACTIVE' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface ExecutionRecord {
  readonly name: string;
  readonly workflow: WorkflowRecord;
  readonly argument: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly callLogLevel?: string;
  readonly startTime: string;
  /** Aborted: the execution is to end as CANCELLED. */
  readonly cancel: AbortController;
  state: ExecutionState;
  endTime?: string;
  /** JSON text. */
  result?: string;
  error?: ExecutionError;
  currentStep?: { readonly routine: string; readonly step: string };
}

export interface ExecutionError {
  /** JSON text of the error map. */
  readonly payload: string;
  readonly context: string;
  readonly stackTrace?: {
    readonly elements: readonly {
      readonly step: string;
      readonly routine: string;
      readonly position: { readonly line: string };
    }[];
  };
}

export interface CallbackRecord {
  readonly name: string;
  /** As its maker wrote the project: by number, as the URL has it. */
  readonly url: string;
  readonly method: string;
  /** Came before anybody waited. */
  readonly payloads: Value[];
  readonly waiters: ((payload: Value) => void)[];
  /** Somebody has taken a payload: it takes no more. */
  isConsumed: boolean;
}

export function buildWorkflowStore(): WorkflowStore {
  const executions = new Map<string, ExecutionRecord>();
  const listeners: ((execution: ExecutionRecord) => void)[] = [];
  return {
    workflows: new Map(),
    executions,
    callbacks: new Map(),
    start(execution) {
      executions.set(execution.name, execution);
      for (const listener of listeners) listener(execution);
    },
    onStarted(listener) {
      listeners.push(listener);
    },
  };
}
