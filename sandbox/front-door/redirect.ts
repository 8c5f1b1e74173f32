import type { DoorAnswer, DoorRequest } from './door.ts';
import { at, textAt } from './json.ts';

const statuses: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** The balancer's own answer to a rule that redirects (compute.v1 HttpRedirectAction); no backend, so no IAP, is asked. */
export function redirectAnswer(request: DoorRequest, action: unknown, prefix: string): DoorAnswer {
  const scheme = at(action, 'httpsRedirect') === true ? 'https' : request.scheme;
  const host = textAt(action, 'hostRedirect') || request.host;
  const query = at(action, 'stripQuery') === true ? '' : request.query;
  const location = `${scheme}://${host}${pathOf(request, action, prefix)}${query}`;
  return {
    status: statuses[textAt(action, 'redirectResponseCode') ?? ''] ?? 301,
    headers: { location, via: '1.1 google' },
    body: '',
    door: 'load-balancer',
  };
}

function pathOf({ path }: DoorRequest, action: unknown, prefix: string): string {
  const whole = textAt(action, 'pathRedirect');
  if (whole) return whole;
  const start = textAt(action, 'prefixRedirect');
  return start ? start + path.slice(prefix.length) : path;
}
