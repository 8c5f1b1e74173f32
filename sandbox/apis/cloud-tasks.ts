import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requirePermission } from '../permissions.ts';
import { buildQueue, parseDuration, type QueueRecord, type TaskRecord } from '../task-store.ts';

const base = '/v2/projects/{project}/locations/{location}/queues';
const inPlace = ({ params }: ApiCall) => `projects/${params['project']}/locations/${params['location']}`;
/** Who may use a queue is said on the queue, its project or above. */
const inQueue = (call: ApiCall) =>
  call.params['queue'] === undefined ? inPlace(call) : `${inPlace(call)}/queues/${call.params['queue']}`;

/** Cloud Tasks v2: queues, and tasks whose names are never free again (FACTS 12). The dispatcher sends what is created here. */
export const cloudTasksMethods: readonly ApiMethod[] = [
  method('queues.create', 'POST', base, createQueue),
  method('queues.get', 'GET', `${base}/{queue}`, (call, cloud) => ok(requireQueue(call, cloud))),
  method('queues.list', 'GET', base, listQueues),
  method('tasks.create', 'POST', `${base}/{queue}/tasks`, createTask),
  method('tasks.list', 'GET', `${base}/{queue}/tasks`, listTasks),
  method('tasks.get', 'GET', `${base}/{queue}/tasks/{task}`, (call, cloud) =>
    ok(viewOf(requireTask(call, cloud), call)),
  ),
  method('tasks.delete', 'DELETE', `${base}/{queue}/tasks/{task}`, deleteTask),
];

type Handle = (call: ApiCall, cloud: Cloud) => ApiReply;

function method(name: string, verb: ApiMethod['verb'], path: string, handle: Handle): ApiMethod {
  const collection = name.startsWith('tasks.') ? `queues.${name}` : name;
  return {
    id: `cloudtasks.projects.locations.${collection}`,
    document: 'cloudtasks.v2',
    verb,
    path,
    permission: { name: `cloudtasks.${name}`, on: inQueue },
    handle,
  };
}

const duration = z.string().refine((text) => /^\d+(\.\d{1,9})?s$/.test(text));

const queueBody = z.object({
  name: z.string(),
  rateLimits: z
    .object({ maxDispatchesPerSecond: z.number(), maxBurstSize: z.number(), maxConcurrentDispatches: z.number() })
    .partial()
    .optional(),
  retryConfig: z
    .object({
      maxAttempts: z.number(),
      maxRetryDuration: duration,
      minBackoff: duration,
      maxBackoff: duration,
      maxDoublings: z.number(),
    })
    .partial()
    .optional(),
});

const taskBody = z.object({
  responseView: z.enum(['VIEW_UNSPECIFIED', 'BASIC', 'FULL']).optional(),
  task: z.object({
    name: z.string().optional(),
    scheduleTime: z.iso.datetime({ offset: true }).optional(),
    dispatchDeadline: duration.optional(),
    httpRequest: z.object({
      url: z.string(),
      httpMethod: z.enum(['POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']).default('POST'),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.base64().optional(),
      oidcToken: z.object({ serviceAccountEmail: z.string(), audience: z.string().optional() }).optional(),
    }),
  }),
});

function createQueue(call: ApiCall, cloud: Cloud): ApiReply {
  const given = parse(queueBody, call.body);
  const parent = `projects/${call.params['project']}/locations/${call.params['location']}/queues/`;
  const id = given.name.startsWith(parent) ? given.name.slice(parent.length) : '';
  if (!/^[A-Za-z0-9-]{1,100}$/.test(id)) throw invalid(`Queue name "${given.name}" is not valid in "${parent}".`);
  if (cloud.tasks.queues.has(given.name)) throw new GoogleError(409, 'ALREADY_EXISTS', 'Queue already exists');
  const defaults = buildQueue(given.name);
  const queue: QueueRecord = {
    ...defaults,
    rateLimits: { ...defaults.rateLimits, ...defined(given.rateLimits) },
    retryConfig: { ...defaults.retryConfig, ...defined(given.retryConfig) },
  };
  cloud.tasks.queues.set(queue.name, queue);
  return ok(queue);
}

function listQueues(call: ApiCall, cloud: Cloud): ApiReply {
  const parent = `projects/${call.params['project']}/locations/${call.params['location']}/queues/`;
  return ok({ queues: [...cloud.tasks.queues.values()].filter((queue) => queue.name.startsWith(parent)) });
}

function createTask(call: ApiCall, cloud: Cloud): ApiReply {
  const queue = requireQueue(call, cloud);
  const { task, responseView } = parse(taskBody, call.body);
  const name = task.name ?? `${queue.name}/tasks/${createTaskId(cloud)}`;
  const id = name.startsWith(`${queue.name}/tasks/`) ? name.slice(queue.name.length + '/tasks/'.length) : '';
  if (!/^[A-Za-z0-9_-]{1,500}$/.test(id))
    throw invalid(`The task name "${name}" is not valid for queue "${queue.name}".`);
  refuseBadRequest(task.httpRequest, task.dispatchDeadline);
  requireActAs(call, cloud, task.httpRequest.oidcToken?.serviceAccountEmail);
  const now = cloud.now().getTime();
  const scheduled = Math.max(task.scheduleTime ? Date.parse(task.scheduleTime) : now, now);
  if (scheduled > now + 30 * 86_400_000) throw invalid('The schedule time is more than 30 days ahead.');
  const record: TaskRecord = {
    name,
    httpRequest: task.httpRequest,
    scheduleTime: new Date(scheduled).toISOString(),
    createTime: new Date(Math.floor(now / 1000) * 1000).toISOString(),
    dispatchDeadline: task.dispatchDeadline ?? '600s',
    dispatchCount: 0,
    responseCount: 0,
  };
  const text = JSON.stringify(call.body);
  if (Buffer.byteLength(text) > 1_048_576) throw invalid('Task size too large.');
  if (!cloud.tasks.add(record)) {
    throw new GoogleError(
      409,
      'ALREADY_EXISTS',
      'The task cannot be created because a task with this name existed too recently. For more information about task de-duplication see https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create#body.request_body.FIELDS.task.',
    );
  }
  return ok(viewOf(record, call, responseView));
}

/** A task is sent as an account of the queue's own project, by who may act as it (FACTS 9.1). */
function requireActAs(call: ApiCall, cloud: Cloud, email: string | undefined): void {
  if (email === undefined) return;
  const key = `projects/${call.params['project']}/serviceAccounts/${email}`;
  requirePermission(cloud, call.caller, 'iam.serviceAccounts.actAs', key);
}

function refuseBadRequest(request: TaskRecord['httpRequest'], deadline: string | undefined): void {
  if (!/^https?:\/\//.test(request.url) || request.url.length > 2083)
    throw invalid('HttpRequest.url must start with "http://" or "https://".');
  if (request.body !== undefined && !['POST', 'PUT', 'PATCH'].includes(request.httpMethod)) {
    throw invalid('HTTP request body is allowed only with POST, PUT or PATCH.');
  }
  const ms = deadline === undefined ? 600_000 : parseDuration(deadline);
  if (ms < 15_000 || ms > 1_800_000) throw invalid('Task.dispatchDeadline must be between [15s, 30m].');
}

function listTasks(call: ApiCall, cloud: Cloud): ApiReply {
  const queue = requireQueue(call, cloud);
  const tasks = [...cloud.tasks.tasks.values()].filter((task) => task.name.startsWith(`${queue.name}/tasks/`));
  return ok({ tasks: tasks.map((task) => viewOf(task, call)) });
}

function deleteTask(call: ApiCall, cloud: Cloud): ApiReply {
  cloud.tasks.remove(requireTask(call, cloud).name);
  return ok({});
}

function requireQueue({ params }: ApiCall, cloud: Cloud): QueueRecord {
  const queue = cloud.tasks.queues.get(
    `projects/${params['project']}/locations/${params['location']}/queues/${params['queue']}`,
  );
  if (queue) return queue;
  throw new GoogleError(404, 'NOT_FOUND', 'Requested entity was not found.');
}

function requireTask(call: ApiCall, cloud: Cloud): TaskRecord {
  const task = cloud.tasks.tasks.get(`${requireQueue(call, cloud).name}/tasks/${call.params['task']}`);
  if (task) return task;
  throw new GoogleError(
    404,
    'NOT_FOUND',
    'The task no longer exists, though a task with this name existed recently or never.',
  );
}

/** The body is given only with `responseView=FULL`. */
function viewOf(task: TaskRecord, call: ApiCall, asked?: string): Record<string, unknown> {
  const view = asked ?? call.query.get('responseView') ?? 'BASIC';
  const { body, ...rest } = task.httpRequest;
  return {
    ...task,
    httpRequest: view === 'FULL' && body !== undefined ? { ...rest, body } : rest,
    view: view === 'FULL' ? 'FULL' : 'BASIC',
  };
}

let lastTaskId = 0;

function createTaskId(cloud: Cloud): string {
  return `${cloud.now().getTime()}${String(++lastTaskId).padStart(6, '0')}`;
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw invalid(`Invalid JSON payload received. ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(value: T | undefined): Defined<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, each]) => each !== undefined)) as Defined<T>;
}
