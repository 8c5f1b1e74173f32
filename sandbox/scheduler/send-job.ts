import { buildAccessToken } from '../access-token.ts';
import { toSandboxUrl } from '../google-address.ts';
import { isLoopbackUrl } from '../loopback-server.ts';
import { parseDuration } from '../task-store.ts';
import type { SchedulerOptions } from './create-scheduler.ts';
import type { ScheduledJob } from './schedule-store.ts';

export interface AttemptOutcome {
  /** google.rpc.Code */
  readonly code: number;
  readonly message: string;
  /** HTTP status; 0 = no answer. */
  readonly status: number;
  readonly ms: number;
}

/** One attempt of a job. Only 2xx is a success; nothing is sent beyond this machine. */
export async function sendJob(
  job: ScheduledJob,
  scheduled: string,
  options: SchedulerOptions,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const started = performance.now();
  const answer = await send(job, scheduled, options, signal);
  return { ...answer, ms: Math.round(performance.now() - started) };
}

async function send(
  job: ScheduledJob,
  scheduled: string,
  options: SchedulerOptions,
  signal: AbortSignal,
): Promise<Omit<AttemptOutcome, 'ms'>> {
  const { uri, httpMethod, body } = job.httpTarget;
  const url = toSandboxUrl(uri, options.rootUrl);
  if (!isLoopbackUrl(url)) return { code: 7, message: `${uri} is not on this machine`, status: 0 };
  try {
    const response = await fetch(url, {
      method: httpMethod,
      headers: await buildHeaders(job, scheduled, options),
      ...(body === undefined ? {} : { body: Buffer.from(body, 'base64') }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(parseDuration(job.attemptDeadline))]),
    });
    await response.arrayBuffer();
    const { status } = response;
    if (status >= 200 && status < 300) return { code: 0, message: '', status };
    return { code: codes.get(status) ?? (status >= 500 ? 13 : 2), message: `HTTP status code ${status}`, status };
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'TimeoutError')
      return { code: 4, message: 'DEADLINE_EXCEEDED', status: 0 };
    return {
      code: 14,
      message: cause instanceof Error ? String(cause.cause ?? cause.message) : String(cause),
      status: 0,
    };
  }
}

const codes = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [409, 10],
  [429, 8],
  [501, 12],
  [503, 14],
  [504, 4],
]);

async function buildHeaders(
  { name, httpTarget }: ScheduledJob,
  scheduled: string,
  { idTokens }: SchedulerOptions,
): Promise<Headers> {
  const { headers: given, body, oidcToken, oauthToken, uri } = httpTarget;
  const headers = new Headers(given);
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/octet-stream');
  headers.set('user-agent', 'Google-Cloud-Scheduler');
  headers.set('x-cloudscheduler', 'true');
  headers.set('x-cloudscheduler-jobname', name.split('/').at(-1) ?? '');
  headers.set('x-cloudscheduler-scheduletime', scheduled);
  if (oauthToken) headers.set('authorization', `Bearer ${buildAccessToken(oauthToken.serviceAccountEmail)}`);
  if (oidcToken) {
    const { serviceAccountEmail: email, audience = uri } = oidcToken;
    headers.set('authorization', `Bearer ${await idTokens.mint({ email, audience })}`);
  }
  return headers;
}
