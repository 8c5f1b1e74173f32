import { findProject } from '../apis/find-project.ts';
import type { Cloud } from '../cloud.ts';
import type { IdTokens } from '../id-token.ts';
import type { RequestLog } from '../request-log.ts';
import { awaitCallback, createCallback } from './outside/callbacks.ts';
import { sendHttp } from './outside/send-http.ts';
import { callRoutine } from './run/call-routine.ts';
import { type Outside, RunContext } from './run/run-context.ts';
import { contextOf, payloadOf } from './run/run-parallel.ts';
import { waitByTimer } from './run/wait-by-timer.ts';
import { parseJsonValue, toJsonText, type Value } from './value.ts';
import { Cancelled, raise, WorkflowError } from './workflow-error.ts';
import type { ExecutionRecord } from './workflow-store.ts';

export interface WorkflowRunnerOptions {
  readonly cloud: Cloud;
  readonly idTokens: Pick<IdTokens, 'mint'>;
  readonly requestLog: Pick<RequestLog, 'add'>;
  /** The sandbox's own URL: callback addresses and Google's APIs are on it. */
  readonly rootUrl: string;
  /** Shortens sleeps, back-off and waits for callbacks (not HTTP timeouts): 0.01 makes 10 s of 0.1 s. Default 1. */
  readonly timeScale?: number;
  /** Waits so many milliseconds, already scaled, or rejects when the signal aborts. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface WorkflowRunner {
  /** Executions under way; one that waits for a callback is. */
  pending(): number;
  /** Resolves when none is left. */
  idle(): Promise<void>;
  /** Cancels what is under way; no timer and no request stays behind. */
  stop(): Promise<void>;
}

/** Runs what `executions.create` starts, any number at once, until each has SUCCEEDED, FAILED or was CANCELLED. */
export function createWorkflowRunner(options: WorkflowRunnerOptions): WorkflowRunner {
  const { cloud } = options;
  const running = new Map<string, Promise<void>>();
  const waiters: (() => void)[] = [];
  let isStopped = false;

  cloud.workflows.onStarted((execution) => {
    if (isStopped) return;
    const work = runExecution(execution, options).finally(() => {
      running.delete(execution.name);
      if (running.size === 0) for (const wake of waiters.splice(0)) wake();
    });
    running.set(execution.name, work);
  });
  return {
    pending: () => running.size,
    idle: () => (running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    async stop() {
      isStopped = true;
      for (const name of running.keys()) cloud.workflows.executions.get(name)?.cancel.abort();
      await Promise.all(running.values());
    },
  };
}

async function runExecution(execution: ExecutionRecord, options: WorkflowRunnerOptions): Promise<void> {
  const { program } = execution.workflow;
  const { signal } = execution.cancel;
  const run = new RunContext(program, buildOutside(execution, options), signal);
  // The answer to executions.create goes out first: an execution is ACTIVE when its starter sees it.
  await new Promise((resolve) => setImmediate(resolve));
  try {
    const main = program.routines.get('main');
    if (!main) throw raise('SystemError', 'no main');
    const [parameter] = main.params;
    const args = new Map<string, Value>(parameter ? [[parameter.name, parseJsonValue(execution.argument)]] : []);
    const value = await callRoutine(main, args, { run, callDepth: 0, parallelDepth: 0 });
    if (signal.aborted) throw new Cancelled();
    const result = toJsonText(value);
    if (result === undefined) throw raise('TypeError', 'bytes cannot be the result of a workflow');
    execution.result = result;
    execution.state = 'SUCCEEDED';
  } catch (cause) {
    fail(execution, cause);
  }
  if (run.currentStep) execution.currentStep = run.currentStep;
  execution.endTime = options.cloud.now().toISOString();
  for (const name of [...options.cloud.workflows.callbacks.keys()])
    if (name.startsWith(`${execution.name}/`)) options.cloud.workflows.callbacks.delete(name);
  log(execution, options, { status: execution.state, ...(execution.error ? { error: execution.error.context } : {}) });
}

function fail(execution: ExecutionRecord, cause: unknown): void {
  if (cause instanceof Cancelled) {
    execution.state = 'CANCELLED';
    execution.error = {
      payload: JSON.stringify('Execution cancelled by user.'),
      context: 'Execution cancelled by user.',
    };
    return;
  }
  const error = cause instanceof WorkflowError ? cause : raise('SystemError', `the sandbox failed: ${String(cause)}`);
  if (error !== cause) console.error(`sandbox: ${execution.name} failed`, cause);
  execution.state = 'FAILED';
  execution.error = {
    payload: payloadOf(error.value),
    context: contextOf(error),
    stackTrace: {
      elements: error.trace.map(({ routine, step, line }) => ({ routine, step, position: { line: String(line) } })),
    },
  };
}

function buildOutside(execution: ExecutionRecord, options: WorkflowRunnerOptions): Outside {
  const { cloud, idTokens, rootUrl, timeScale = 1 } = options;
  const [, project = '', , location = '', , workflow = '', , id = ''] = execution.name.split('/');
  const projectNumber = findProject(cloud, project)?.projectNumber ?? project;
  const wait = options.wait ?? waitByTimer;
  const sleep = (seconds: number, signal: AbortSignal) =>
    wait(seconds * 1000 * timeScale, signal).catch((cause: unknown) => {
      throw signal.aborted ? new Cancelled() : cause;
    });
  const callbacks = { store: cloud.workflows, execution: execution.name, projectNumber, rootUrl, sleep };
  const { serviceAccount, revisionId, userEnvVars } = execution.workflow;
  return {
    now: () => cloud.now(),
    env: new Map([
      ...Object.entries(userEnvVars),
      ['GOOGLE_CLOUD_PROJECT_ID', project],
      ['GOOGLE_CLOUD_PROJECT_NUMBER', projectNumber],
      ['GOOGLE_CLOUD_LOCATION', location],
      ['GOOGLE_CLOUD_WORKFLOW_ID', workflow],
      ['GOOGLE_CLOUD_WORKFLOW_REVISION_ID', revisionId],
      ['GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID', id],
      ['GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME', serviceAccount],
    ]),
    http: (request, signal) =>
      sendHttp(request, { serviceAccount, idTokens, rootUrl, onAnswer: (row) => log(execution, options, row) }, signal),
    log: ({ severity, message }) =>
      log(execution, options, {
        severity,
        message: typeof message === 'string' ? message : (toJsonText(message) ?? ''),
      }),
    sleep,
    createCallback: (method) => createCallback(method, callbacks),
    awaitCallback: (callback, seconds, signal) => awaitCallback(callback, seconds, signal, callbacks),
  };
}

function log(execution: ExecutionRecord, options: WorkflowRunnerOptions, row: Readonly<Record<string, unknown>>): void {
  const [workflow, id] = execution.name.split('/').filter((_part, at) => at === 5 || at === 7);
  options.requestLog.add({ ...row, kind: 'workflow', workflow, execution: id });
}
