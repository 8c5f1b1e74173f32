import { z } from 'zod';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { requirePermission } from '../permissions.ts';
import { isTimeZone, nextTime } from '../scheduler/next-time.ts';
import type { JobTarget, ScheduledJob } from '../scheduler/schedule-store.ts';
import { parseDuration } from '../task-store.ts';
import { requireProject } from './find-project.ts';
import { takePage } from './paging.ts';
import { type JsonObject, objectIn, parseObject } from './parse-object.ts';
import { applyFieldMask } from './run/field-mask.ts';

const base = '/v1/projects/{project}/locations/{location}/jobs';

/** Cloud Scheduler v1: jobs with HTTP targets and cron schedules. `createScheduler` fires them. */
export const cloudSchedulerMethods: readonly ApiMethod[] = [
  method('create', 'POST', base, createJob),
  method('list', 'GET', base, listJobs),
  method('get', 'GET', `${base}/{job}`, (call, cloud) => ok(viewOf(requireJob(call, cloud)))),
  method('patch', 'PATCH', `${base}/{job}`, patchJob, 'update'),
  method('delete', 'DELETE', `${base}/{job}`, deleteJob),
  method('pause', 'POST', `${base}/{job}:pause`, (call, cloud) => setState(call, cloud, 'ENABLED', 'PAUSED')),
  method(
    'resume',
    'POST',
    `${base}/{job}:resume`,
    (call, cloud) => setState(call, cloud, 'PAUSED', 'ENABLED'),
    'enable',
  ),
  method('run', 'POST', `${base}/{job}:run`, runJob),
];

type Handle = (call: ApiCall, cloud: Cloud) => ApiReply;

function method(name: string, verb: ApiMethod['verb'], path: string, handle: Handle, permission = name): ApiMethod {
  return {
    id: `cloudscheduler.projects.locations.jobs.${name}`,
    document: 'cloudscheduler.v1',
    verb,
    path,
    permission: { name: `cloudscheduler.jobs.${permission}`, on: (call) => `projects/${call.params['project']}` },
    handle,
  };
}

const duration = z.string().regex(/^\d+(\.\d{1,9})?s$/);
const email = z.string().regex(/@/);

const jobBody = z.object({
  name: z.string().optional(),
  description: z.string().max(500).optional(),
  schedule: z.string(),
  timeZone: z.string().default('UTC'),
  attemptDeadline: duration.default('180s'),
  retryConfig: z
    .object({
      retryCount: z.number().int().min(0).max(5).default(0),
      maxRetryDuration: duration.default('0s'),
      minBackoffDuration: duration.default('5s'),
      maxBackoffDuration: duration.default('3600s'),
      maxDoublings: z.number().int().min(0).default(5),
    })
    .prefault({}),
  httpTarget: z.object({
    uri: z.string(),
    httpMethod: z.enum(['POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']).default('POST'),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().optional(),
    oidcToken: z.object({ serviceAccountEmail: email, audience: z.string().optional() }).optional(),
    oauthToken: z.object({ serviceAccountEmail: email, scope: z.string().optional() }).optional(),
  }),
});

function createJob(call: ApiCall, cloud: Cloud): ApiReply {
  const parent = parentOf(call, cloud);
  const sent = parseObject(call.body);
  const job = buildJob(sent, String(sent['name'] ?? `${parent}${cloud.schedules.jobs.size + 1}`), call, cloud);
  if (cloud.schedules.jobs.has(job.name))
    throw new GoogleError(409, 'ALREADY_EXISTS', `Job already exists: ${job.name}`);
  cloud.schedules.put(job);
  return ok(viewOf(job));
}

function patchJob(call: ApiCall, cloud: Cloud): ApiReply {
  const before = requireJob(call, cloud);
  const merged = applyFieldMask(inputOf(before), parseObject(call.body), call.query.get('updateMask'));
  const job = buildJob(merged, before.name, call, cloud);
  job.state = before.state;
  if (before.lastAttemptTime !== undefined) job.lastAttemptTime = before.lastAttemptTime;
  if (before.status !== undefined) job.status = before.status;
  if (job.state === 'PAUSED') delete job.scheduleTime;
  cloud.schedules.put(job);
  return ok(viewOf(job));
}

function buildJob(sent: JsonObject, name: string, call: ApiCall, cloud: Cloud): ScheduledJob {
  for (const kind of ['pubsubTarget', 'appEngineHttpTarget'])
    if (sent[kind] !== undefined) throw new GoogleError(501, 'UNIMPLEMENTED', `${kind} is not served by the sandbox.`);
  const parsed = jobBody.safeParse(sent);
  if (!parsed.success) throw invalid(`Invalid job. ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const parent = parentOf(call, cloud);
  const id = name.replace(/^projects\/[^/]+/, `projects/${parent.split('/')[1]}`).startsWith(parent)
    ? name.split('/').at(-1)
    : '';
  if (!/^[\w-]{1,500}$/.test(id ?? '')) throw invalid(`Job name "${name}" is not valid in "${parent}".`);
  const { schedule, timeZone, httpTarget, attemptDeadline, retryConfig, description } = parsed.data;
  checkTarget(httpTarget, attemptDeadline);
  for (const token of [httpTarget.oidcToken, httpTarget.oauthToken])
    if (token) requirePermission(cloud, call.caller, 'iam.serviceAccounts.actAs', `projects/${parent.split('/')[1]}`);
  return {
    name: `${parent}${id}`,
    ...(description === undefined ? {} : { description }),
    schedule,
    timeZone,
    httpTarget,
    attemptDeadline,
    retryConfig,
    userUpdateTime: cloud.now().toISOString(),
    state: 'ENABLED',
    scheduleTime: timeOf(schedule, timeZone, cloud),
  };
}

function checkTarget({ uri, body, httpMethod, oidcToken, oauthToken }: JobTarget, deadline: string): void {
  if (!/^https?:\/\//.test(uri) || !URL.canParse(uri))
    throw invalid('HttpTarget.uri must start with "http://" or "https://".');
  if (body !== undefined && !['POST', 'PUT', 'PATCH'].includes(httpMethod))
    throw invalid('HTTP request body is allowed only with POST, PUT or PATCH.');
  if (oidcToken && oauthToken) throw invalid('Only one of oauthToken and oidcToken may be set.');
  const ms = parseDuration(deadline);
  if (ms < 15_000 || ms > 1_800_000) throw invalid('Job.attemptDeadline must be between [15s, 30m].');
}

function timeOf(schedule: string, timeZone: string, cloud: Cloud): string {
  if (!isTimeZone(timeZone)) throw invalid(`Time zone "${timeZone}" is not in the tz database.`);
  try {
    return nextTime(schedule, timeZone, cloud.now()).toISOString();
  } catch (cause) {
    if (cause instanceof RangeError) throw invalid(`Schedule or time zone is invalid: ${cause.message}`);
    throw cause;
  }
}

function listJobs(call: ApiCall, cloud: Cloud): ApiReply {
  const parent = parentOf(call, cloud);
  const all = [...cloud.schedules.jobs.values()].filter(({ name }) => name.startsWith(parent));
  const asked = { size: call.query.get('pageSize'), token: call.query.get('pageToken') };
  const { items, ...rest } = takePage(all, asked, { defaultSize: 500, maxSize: 500 });
  return ok({ jobs: items.map(viewOf), ...rest });
}

function deleteJob(call: ApiCall, cloud: Cloud): ApiReply {
  cloud.schedules.remove(requireJob(call, cloud).name);
  return ok({});
}

function setState(call: ApiCall, cloud: Cloud, from: ScheduledJob['state'], to: ScheduledJob['state']): ApiReply {
  const job = requireJob(call, cloud);
  if (job.state !== from) throw new GoogleError(400, 'FAILED_PRECONDITION', `Job.state must be ${from}.`);
  job.state = to;
  if (to === 'PAUSED') delete job.scheduleTime;
  else job.scheduleTime = timeOf(job.schedule, job.timeZone, cloud);
  cloud.schedules.put(job);
  return ok(viewOf(job));
}

function runJob(call: ApiCall, cloud: Cloud): ApiReply {
  const job = requireJob(call, cloud);
  cloud.schedules.run(job.name);
  return ok(viewOf(job));
}

function requireJob(call: ApiCall, cloud: Cloud): ScheduledJob {
  const job = cloud.schedules.jobs.get(`${parentOf(call, cloud)}${call.params['job']}`);
  if (job) return job;
  throw new GoogleError(404, 'NOT_FOUND', 'Job not found.');
}

function parentOf({ params }: ApiCall, cloud: Cloud): string {
  return `projects/${requireProject(cloud, params['project'] ?? '').projectId}/locations/${params['location']}/jobs/`;
}

function inputOf(job: ScheduledJob): JsonObject {
  const { name, description, schedule, timeZone, httpTarget, retryConfig, attemptDeadline } = job;
  return { name, description, schedule, timeZone, httpTarget, retryConfig, attemptDeadline };
}

/** A paused or endless field is left out, as proto JSON does. */
function viewOf(job: ScheduledJob): JsonObject {
  const { retryCount, ...retry } = job.retryConfig;
  const { headers, ...target } = job.httpTarget;
  const shown = Object.keys(headers).length > 0 ? { ...target, headers } : target;
  return {
    ...(objectIn({ ...job }) ?? {}),
    httpTarget: shown,
    retryConfig: retryCount > 0 ? { retryCount, ...retry } : retry,
  };
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}
