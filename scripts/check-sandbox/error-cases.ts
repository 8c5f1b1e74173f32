import { z } from 'zod';
import { buildAccessToken } from '../../sandbox/access-token.ts';
import type { ArticleEstate } from '../../sandbox/estates/article-estate.ts';
import type { FaultKind } from '../../sandbox/faults.ts';
import type { Sandbox } from '../../sandbox/start-sandbox.ts';

export interface CaseResult {
  readonly name: string;
  readonly problems: readonly string[];
}

interface ErrorCase {
  readonly name: string;
  readonly verb: string;
  readonly path: string;
  readonly body?: unknown;
  /** Default the administrator; null = no token at all. */
  readonly token?: string | null;
  readonly fault?: { readonly match: string; readonly fault: FaultKind };
  readonly code: number;
  /** `error.status`; Compute has none. */
  readonly status?: string;
  /** `error.errors[0].reason`. */
  readonly reason?: string;
  readonly message: RegExp;
}

const errorBody = z.object({
  error: z.object({
    code: z.number(),
    message: z.string(),
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string(), message: z.string(), domain: z.string() })).optional(),
    details: z.array(z.looseObject({ '@type': z.string() })).optional(),
  }),
});

/** Sends a request for each refusal that clients of Google must be able to read, and compares status and body. */
export async function replayErrorCases(sandbox: Sandbox, estate: ArticleEstate): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const errorCase of buildErrorCases(estate)) {
    const take = errorCase.fault && sandbox.faults.add({ ...errorCase.fault, times: 1 });
    results.push({ name: errorCase.name, problems: await replay(sandbox.url, errorCase) });
    take?.();
  }
  return results;
}

async function replay(url: string, wanted: ErrorCase): Promise<string[]> {
  const { verb, path, body, token = 'administrator' } = wanted;
  const response = await fetch(url + path, {
    method: verb,
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = errorBody.safeParse(JSON.parse(text));
  if (!parsed.success) return [`not an error of Google's: ${text.slice(0, 300)}`];
  const { error } = parsed.data;
  const problems: string[] = [];
  const expect = (what: string, have: unknown, want: unknown) => {
    if (have !== want) problems.push(`${what} is ${have}, not ${want}`);
  };
  expect('HTTP status', response.status, wanted.code);
  expect('error.code', error.code, wanted.code);
  expect('error.status', error.status, wanted.status);
  if (wanted.reason) expect('reason', error.errors?.[0]?.reason, wanted.reason);
  if (!wanted.message.test(error.message)) problems.push(`the message is not like ${wanted.message}: ${error.message}`);
  return problems;
}

function buildErrorCases({
  projectId,
  projectNumber,
  regions: [r],
  service,
  backend,
  clientId,
}: ArticleEstate): ErrorCase[] {
  const compute = `/compute/v1/projects/${projectId}`;
  const run = `/v1/projects/${projectId}/locations/${r}/services`;
  const setPolicy = `${run}/${service}:setIamPolicy`;
  const invoker = (member: string) => ({ policy: { bindings: [{ role: 'roles/run.invoker', members: [member] }] } });
  const neg = (fields: object) => ({ name: 'refused', networkEndpointType: 'SERVERLESS', ...fields });
  return [
    {
      name: '404 backend service that is not there',
      ...{ verb: 'GET', path: `${compute}/global/backendServices/absent`, code: 404, reason: 'notFound' },
      message: /^The resource 'projects\/.+\/global\/backendServices\/absent' was not found$/,
    },
    {
      name: '404 Cloud Run service that is not there',
      ...{ verb: 'GET', path: `${run}/absent`, code: 404, status: 'NOT_FOUND' },
      message: /absent/,
    },
    {
      name: '404 IAP policy of a backend that is not there',
      ...{ verb: 'POST', path: `/v1/projects/${projectNumber}/iap_web/compute/services/absent:getIamPolicy`, body: {} },
      ...{ code: 404, status: 'NOT_FOUND', message: /not found/ },
    },
    {
      name: '409 backend service that exists',
      ...{ verb: 'POST', path: `${compute}/global/backendServices`, body: { name: backend } },
      ...{ code: 409, reason: 'alreadyExists', message: /already exists$/ },
    },
    {
      name: '409 policy with an old etag',
      ...{ verb: 'POST', path: setPolicy, body: { policy: { etag: 'BwAAAAAAAAA=' } } },
      ...{ code: 409, status: 'ABORTED', reason: 'aborted', message: /^There were concurrent policy changes\./ },
    },
    {
      name: '409 injected between two writers',
      ...{ verb: 'POST', path: setPolicy, body: invoker('user:dev@example.com') },
      fault: { match: 'run.projects.locations.services.setIamPolicy', fault: 409 },
      ...{ code: 409, status: 'ABORTED', reason: 'aborted', message: /^There were concurrent policy changes\./ },
    },
    {
      name: '412 backend service with an old fingerprint',
      ...{ verb: 'PATCH', path: `${compute}/global/backendServices/${backend}`, body: { fingerprint: 'AAAAAAAAAAA=' } },
      ...{ code: 412, reason: 'conditionNotMet', message: /^Invalid fingerprint\.$/ },
    },
    {
      name: '429 too many requests',
      ...{ verb: 'GET', path: run, fault: { match: 'run.projects.locations.services.list', fault: 429 } },
      ...{ code: 429, status: 'RESOURCE_EXHAUSTED', message: /^Quota exceeded/ },
    },
    {
      name: '403 rateLimitExceeded, as Compute says too many requests',
      ...{ verb: 'GET', path: `${compute}/global/backendServices` },
      fault: { match: 'compute.backendServices.list', fault: 'rate-limit-exceeded' },
      ...{ code: 403, reason: 'rateLimitExceeded', message: /^Rate Limit Exceeded$/ },
    },
    {
      name: '503 service unavailable',
      ...{
        verb: 'GET',
        path: `${run}/${service}`,
        fault: { match: 'run.projects.locations.services.get', fault: 503 },
      },
      ...{ code: 503, status: 'UNAVAILABLE', message: /unavailable/ },
    },
    {
      name: '400 service account that does not exist',
      ...{ verb: 'POST', path: setPolicy, body: invoker('serviceAccount:nobody@x.iam.gserviceaccount.com') },
      ...{ code: 400, status: 'INVALID_ARGUMENT' },
      message: /^Service account nobody@x\.iam\.gserviceaccount\.com does not exist\.$/,
    },
    {
      name: "400 OAuth client ID as a member, in today's IAM",
      ...{ verb: 'POST', path: setPolicy, body: invoker(`serviceAccount:${clientId}`) },
      ...{ code: 400, status: 'INVALID_ARGUMENT', message: /^Service account .+ does not exist\.$/ },
    },
    {
      name: '400 member without a kind',
      ...{ verb: 'POST', path: setPolicy, body: invoker('12345') },
      ...{ code: 400, status: 'INVALID_ARGUMENT', message: /member/ },
    },
    {
      name: '400 field that the API does not know',
      ...{ verb: 'POST', path: setPolicy, body: { policy: {}, surprise: 1 } },
      ...{ code: 400, status: 'INVALID_ARGUMENT', message: /Unknown name "surprise"/ },
    },
    {
      name: '400 serverless NEG with two targets',
      ...{ verb: 'POST', path: `${compute}/regions/${r}/networkEndpointGroups` },
      body: neg({ cloudRun: { service }, cloudFunction: { function: 'f' } }),
      ...{ code: 400, reason: 'invalid', message: /Exactly one of cloudRun/ },
    },
    {
      name: '400 serverless NEG with a service and a URL mask',
      ...{ verb: 'POST', path: `${compute}/regions/${r}/networkEndpointGroups` },
      body: neg({ cloudRun: { service, urlMask: 'example.com/<service>' } }),
      ...{ code: 400, reason: 'invalid', message: /urlMask/ },
    },
    {
      name: '400 backend whose group is not a full URL',
      ...{
        verb: 'PATCH',
        path: `${compute}/global/backendServices/${backend}`,
        body: { backends: [{ group: 'neg' }] },
      },
      ...{ code: 400, reason: 'invalid', message: /The URL is malformed\.$/ },
    },
    {
      name: '401 no token',
      ...{ verb: 'GET', path: `${run}/${service}`, token: null },
      ...{ code: 401, status: 'UNAUTHENTICATED', message: /missing required authentication credential/ },
    },
    {
      name: '403 caller without the permission',
      ...{ verb: 'GET', path: `/v3/projects/${projectId}`, token: buildAccessToken('stranger@example.com') },
      ...{ code: 403, status: 'PERMISSION_DENIED', message: /resourcemanager\.projects\.get/ },
    },
  ];
}
