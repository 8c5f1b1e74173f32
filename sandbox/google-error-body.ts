import type { GoogleError } from './api.ts';

/** The JSON of a refusal. Compute and Storage give `errors[]` and no `status`; the one-platform APIs give `status`, and `errors` and `details` where Google does. */
export function buildErrorBody(error: GoogleError, api: string | undefined): { error: Record<string, unknown> } {
  const { httpStatus: code, message, status, reason, details } = error;
  const errors =
    reason === undefined ? undefined : [{ message, domain: domainOf(reason), reason, ...locationOf(reason) }];
  if (api === 'compute' || api === 'storage')
    return { error: { code, message, errors: errors ?? [{ message, domain: 'global', reason: reasonOf(code) }] } };
  return { error: { code, message, ...(errors ? { errors } : {}), status, ...(details ? { details } : {}) } };
}

function domainOf(reason: string): string {
  return reason === 'rateLimitExceeded' ? 'usageLimits' : 'global';
}

function locationOf(reason: string): Record<string, string> {
  if (reason === 'conditionNotMet') return { location: 'If-Match', locationType: 'header' };
  if (reason === 'required') return { location: 'Authorization', locationType: 'header' };
  return {};
}

const computeReasons: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'required',
  403: 'forbidden',
  404: 'notFound',
  409: 'alreadyExists',
  412: 'conditionNotMet',
  429: 'rateLimitExceeded',
  503: 'backendError',
};

function reasonOf(code: number): string {
  return computeReasons[code] ?? 'badRequest';
}
