import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { limits } from '../workflows/limits.ts';
import { startExecution } from '../workflows/start-execution.ts';
import { toJsonText } from '../workflows/value.ts';
import type { CallbackRecord, ExecutionRecord } from '../workflows/workflow-store.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';
import { type JsonObject, objectIn, parseObject } from './parse-object.ts';
import { requireWorkflow } from './workflows.ts';

const base = '/v1/projects/{project}/locations/{location}/workflows/{workflow}/executions';

/** Workflow Executions v1. `createWorkflowRunner` runs what is created; the callback addresses are in `workflow-callbacks.ts`. */
export const workflowExecutionsMethods: readonly ApiMethod[] = [
  method('executions.create', 'POST', base, createExecution),
  method('executions.list', 'GET', base, listExecutions),
  method('executions.get', 'GET', `${base}/{execution}`, (call, cloud) =>
    ok(viewOf(requireExecution(call, cloud), call.query.get('view') ?? 'FULL', cloud)),
  ),
  method('executions.cancel', 'POST', `${base}/{execution}:cancel`, cancelExecution),
  method('executions.callbacks.list', 'GET', `${base}/{execution}/callbacks`, listCallbacks, 'callbacks.list'),
];

type Handle = (call: ApiCall, cloud: Cloud) => ApiReply;

function method(name: string, verb: ApiMethod['verb'], path: string, handle: Handle, permission = name): ApiMethod {
  return {
    id: `workflowexecutions.projects.locations.workflows.${name}`,
    document: 'workflowexecutions.v1',
    verb,
    path,
    permission: { name: `workflows.${permission}`, on: (call) => `projects/${call.params['project']}` },
    handle,
  };
}

function createExecution(call: ApiCall, cloud: Cloud): ApiReply {
  const workflow = requireWorkflow(call, cloud);
  const { argument, labels, callLogLevel } = parseObject(call.body);
  if (typeof argument === 'string') checkArgument(argument);
  const execution = startExecution(cloud, workflow, {
    ...(typeof argument === 'string' && argument !== '' ? { argument } : {}),
    ...(typeof callLogLevel === 'string' ? { callLogLevel } : {}),
    labels: Object.fromEntries(Object.entries(objectIn(labels) ?? {}).map(([key, value]) => [key, String(value)])),
  });
  return ok(viewOf(execution, 'FULL', cloud));
}

function checkArgument(argument: string): void {
  if (Buffer.byteLength(argument) > limits.argumentBytes)
    throw invalid(`Execution.argument exceeds the limit of ${limits.argumentBytes} bytes`);
  if (argument === '') return;
  try {
    JSON.parse(argument);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw invalid('Execution.argument is not JSON');
    throw cause;
  }
}

/** The newest first, BASIC unless asked. */
function listExecutions(call: ApiCall, cloud: Cloud): ApiReply {
  const workflow = requireWorkflow(call, cloud);
  const all = [...cloud.workflows.executions.values()].filter(({ name }) => name.startsWith(`${workflow.name}/`));
  const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
  const { items, ...rest } = takePage(all.reverse(), asked, { defaultSize: 1000, maxSize: 10_000 });
  const view = call.query.get('view') ?? 'BASIC';
  return ok({ executions: items.map((execution) => viewOf(execution, view, cloud)), ...rest });
}

function cancelExecution(call: ApiCall, cloud: Cloud): ApiReply {
  const execution = requireExecution(call, cloud);
  if (execution.state !== 'ACTIVE')
    throw new GoogleError(400, 'FAILED_PRECONDITION', `Execution is in the terminal state ${execution.state}`);
  execution.cancel.abort();
  execution.state = 'CANCELLED';
  return ok(viewOf(execution, 'FULL', cloud));
}

function listCallbacks(call: ApiCall, cloud: Cloud): ApiReply {
  const execution = requireExecution(call, cloud);
  const all = [...cloud.workflows.callbacks.values()].filter(({ name }) => name.startsWith(`${execution.name}/`));
  const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
  const { items, ...rest } = takePage(all, asked, { defaultSize: 100, maxSize: 100 });
  return ok({ callbacks: items.map(callbackView), ...rest });
}

function callbackView({ name, method: verb, payloads, waiters }: CallbackRecord): JsonObject {
  return {
    name,
    method: verb,
    ...(payloads.length > 0 ? { availablePayloads: payloads.map((payload) => toJsonText(payload) ?? '') } : {}),
    waiters: String(waiters.length),
  };
}

function requireExecution(call: ApiCall, cloud: Cloud): ExecutionRecord {
  const { project, location, workflow, execution } = call.params;
  const id = requireProject(cloud, project ?? '').projectId;
  const name = `projects/${id}/locations/${location}/workflows/${workflow}/executions/${execution}`;
  const found = cloud.workflows.executions.get(name);
  if (found) return found;
  throw new GoogleError(404, 'NOT_FOUND', `Execution (${name}) was not found`);
}

/** Names of executions have the project's number. */
function viewOf(execution: ExecutionRecord, view: string, cloud: Cloud): JsonObject {
  const { name, startTime, endTime, state, argument, result, error, currentStep, labels, workflow } = execution;
  const project = requireProject(cloud, name.split('/')[1] ?? '');
  const basic = {
    name: name.replace(/^projects\/[^/]+/, `projects/${project.projectNumber}`),
    createTime: startTime,
    startTime,
    ...(endTime === undefined ? {} : { endTime, duration: durationOf(startTime, endTime) }),
    state,
    workflowRevisionId: workflow.revisionId,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(execution.callLogLevel === undefined ? {} : { callLogLevel: execution.callLogLevel }),
  };
  if (view === 'BASIC') return basic;
  return {
    ...basic,
    argument,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
    ...(currentStep === undefined ? {} : { status: { currentSteps: [currentStep] } }),
  };
}

function durationOf(from: string, to: string): string {
  return `${(Date.parse(to) - Date.parse(from)) / 1000}s`;
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}
