import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requirePermission } from '../permissions.ts';
import { deployWorkflow } from '../workflows/deploy-workflow.ts';
import { SourceRefused } from '../workflows/source/problems.ts';
import type { WorkflowRecord } from '../workflows/workflow-store.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';
import { type JsonObject, parseObject } from './parse-object.ts';
import { applyFieldMask } from './run/field-mask.ts';

const locations = '/v1/projects/{project}/locations/{location}';
const base = `${locations}/workflows`;

/** Workflows v1: what is deployed. Operations are done when they are answered. */
export const workflowsMethods: readonly ApiMethod[] = [
  method('workflows.create', 'POST', base, createWorkflow),
  method('workflows.list', 'GET', base, listWorkflows),
  method('workflows.get', 'GET', `${base}/{workflow}`, (call, cloud) => ok(viewOf(requireWorkflow(call, cloud)))),
  method('workflows.patch', 'PATCH', `${base}/{workflow}`, patchWorkflow, 'workflows.update'),
  method('workflows.delete', 'DELETE', `${base}/{workflow}`, deleteWorkflow),
  method('operations.get', 'GET', `${locations}/operations/{operation}`, getOperation),
];

type Handle = ApiMethod['handle'];

function method(name: string, verb: ApiMethod['verb'], path: string, handle: Handle, permission = name): ApiMethod {
  return {
    id: `workflows.projects.locations.${name}`,
    document: 'workflows.v1',
    verb,
    path,
    permission: { name: `workflows.${permission}`, on: (call) => `projects/${call.params['project']}` },
    handle,
  };
}

const map = z.record(z.string(), z.string());
const workflowBody = z.object({
  description: z.string().max(1000).optional(),
  labels: map.default({}),
  serviceAccount: z.string().optional(),
  sourceContents: z.string(),
  userEnvVars: map.default({}),
  callLogLevel: z.enum(['CALL_LOG_LEVEL_UNSPECIFIED', 'LOG_ALL_CALLS', 'LOG_ERRORS_ONLY', 'LOG_NONE']).optional(),
});

async function createWorkflow(call: ApiCall, cloud: Cloud): Promise<ApiReply> {
  const id = call.query.get('workflowId') ?? '';
  if (!/^[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/.test(id)) throw invalid(`workflow_id "${id}" is not valid`);
  const name = `${parentOf(call, cloud)}${id}`;
  if (cloud.workflows.workflows.has(name))
    throw new GoogleError(409, 'ALREADY_EXISTS', `Resource '${name}' already exists`);
  return finish(cloud, 'create', await deploy(call, cloud, name, parseObject(call.body)));
}

async function patchWorkflow(call: ApiCall, cloud: Cloud): Promise<ApiReply> {
  const before = requireWorkflow(call, cloud);
  const { description, labels, serviceAccount, source: sourceContents, userEnvVars, callLogLevel } = before;
  const now = { description, labels, serviceAccount, sourceContents, userEnvVars, callLogLevel };
  const sent = applyFieldMask(now, { ...now, ...parseObject(call.body) }, call.query.get('updateMask'));
  return finish(cloud, 'update', await deploy(call, cloud, before.name, sent));
}

async function deploy(call: ApiCall, cloud: Cloud, name: string, sent: JsonObject): Promise<WorkflowRecord> {
  const parsed = workflowBody.safeParse(sent);
  if (!parsed.success) throw invalid(`Invalid workflow. ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const { sourceContents: source, userEnvVars: env, labels, description, callLogLevel } = parsed.data;
  checkEnv(env);
  const project = requireProject(cloud, call.params['project'] ?? '').projectId;
  requirePermission(cloud, call.caller, 'iam.serviceAccounts.actAs', `projects/${project}`);
  const email = parsed.data.serviceAccount?.split('/').at(-1);
  try {
    return await deployWorkflow(cloud, {
      name,
      source,
      env,
      labels,
      ...(description === undefined ? {} : { description }),
      ...(callLogLevel === undefined ? {} : { callLogLevel }),
      ...(email ? { serviceAccount: email } : {}),
    });
  } catch (cause) {
    if (cause instanceof SourceRefused) throw invalid(cause.message);
    throw cause;
  }
}

function checkEnv(env: Readonly<Record<string, string>>): void {
  const entries = Object.entries(env);
  if (entries.length > 20) throw invalid('user_env_vars has more than 20 entries');
  for (const [name, value] of entries) {
    if (name === '' || /^(GOOGLE|WORKFLOWS)/.test(name))
      throw invalid(`user_env_vars: the name "${name}" is not allowed`);
    if (Buffer.byteLength(value) > 4096) throw invalid(`user_env_vars: "${name}" is longer than 4 KiB`);
  }
}

function listWorkflows(call: ApiCall, cloud: Cloud): ApiReply {
  const parent = parentOf(call, cloud);
  const isAnywhere = call.params['location'] === '-';
  const root = parent.slice(0, parent.indexOf('/locations/') + '/locations/'.length);
  const all = [...cloud.workflows.workflows.values()].filter(({ name }) => name.startsWith(isAnywhere ? root : parent));
  const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
  const { items, ...rest } = takePage(all, asked, { defaultSize: 500, maxSize: 1000 });
  return ok({ workflows: items.map(viewOf), ...rest });
}

function deleteWorkflow(call: ApiCall, cloud: Cloud): ApiReply {
  const record = requireWorkflow(call, cloud);
  cloud.workflows.workflows.delete(record.name);
  for (const execution of cloud.workflows.executions.values())
    if (execution.name.startsWith(`${record.name}/`)) execution.cancel.abort();
  return finish(cloud, 'delete', record);
}

const finished = new WeakMap<Cloud, Map<string, JsonObject>>();

function finish(cloud: Cloud, verb: string, record: WorkflowRecord): ApiReply {
  const now = cloud.now().toISOString();
  const name = `${record.name.split('/workflows/')[0]}/operations/operation-${randomUUID()}`;
  const response =
    verb === 'delete'
      ? { '@type': 'type.googleapis.com/google.protobuf.Empty' }
      : { '@type': 'type.googleapis.com/google.cloud.workflows.v1.Workflow', ...viewOf(record) };
  const operation = {
    name,
    metadata: {
      '@type': 'type.googleapis.com/google.cloud.workflows.v1.OperationMetadata',
      createTime: now,
      endTime: now,
      target: record.name,
      verb,
      apiVersion: 'v1',
    },
    done: true,
    response,
  };
  const known = finished.get(cloud) ?? new Map<string, JsonObject>();
  finished.set(cloud, known.set(name, operation));
  return ok(operation);
}

function getOperation(call: ApiCall, cloud: Cloud): ApiReply {
  const { project, location, operation } = call.params;
  const name = `projects/${requireProject(cloud, project ?? '').projectId}/locations/${location}/operations/${operation}`;
  const found = finished.get(cloud)?.get(name);
  if (found) return ok(found);
  throw new GoogleError(404, 'NOT_FOUND', `Resource '${name}' was not found`);
}

/** Throws 404 where there is none. */
export function requireWorkflow(call: ApiCall, cloud: Cloud): WorkflowRecord {
  const name = `${parentOf(call, cloud)}${call.params['workflow']}`;
  const found = cloud.workflows.workflows.get(name);
  if (found) return found;
  throw new GoogleError(404, 'NOT_FOUND', `Resource '${name}' was not found`);
}

/** `projects/ID/locations/L/workflows/`, the project by its id. */
function parentOf({ params }: ApiCall, cloud: Cloud): string {
  return `projects/${requireProject(cloud, params['project'] ?? '').projectId}/locations/${params['location']}/workflows/`;
}

function viewOf(record: WorkflowRecord): JsonObject {
  const { name, description, labels, serviceAccount, source, userEnvVars, callLogLevel } = record;
  const project = name.split('/')[1];
  return {
    name,
    ...(description === undefined ? {} : { description }),
    state: 'ACTIVE',
    revisionId: record.revisionId,
    createTime: record.createTime,
    updateTime: record.updateTime,
    revisionCreateTime: record.revisionCreateTime,
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    serviceAccount: `projects/${project}/serviceAccounts/${serviceAccount}`,
    sourceContents: source,
    ...(callLogLevel === undefined ? {} : { callLogLevel }),
    ...(Object.keys(userEnvVars).length > 0 ? { userEnvVars } : {}),
  };
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}
