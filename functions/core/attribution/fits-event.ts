import { findWatchedMethod, type WatchedKind } from '../../events/watched-methods.ts';
import type { Finding } from '../finding.ts';
import { isSameResource } from './same-resource.ts';

/** What the event of a run was about, as its task says. */
export interface EventCause {
  readonly actor: string;
  /** Full resource name. */
  readonly resource: string;
  readonly method: string;
}

/**
 * Whether a run's event may be the cause of a finding: it is of a kind that can bring the rule about, on the finding's own
 * resource, or on a backend or NEG of its paths where the rule is about being on a path. Anything else is looked up.
 */
export function fitsEvent({ rule, resource, via }: Finding, event: EventCause): boolean {
  const kind = kindOf(event);
  if (kind === undefined) return false;
  if (kinds[rule]?.includes(kind) && isSameResource(event.resource, resource)) return true;
  if (rule !== 'iap-invoker-missing' || (kind !== 'backend' && kind !== 'neg')) return false;
  return via.flatMap((path) => path.split(' > ')).some((part) => isSameResource(event.resource, part));
}

/** By what somebody can bring a rule about on its own resource. */
const kinds: Readonly<Record<string, readonly WatchedKind[]>> = {
  'iap-invoker-missing': ['run-policy'],
  'conditional-invoker': ['run-policy'],
  'public-invoker': ['run-policy'],
  'direct-invoker': ['run-policy'],
  'stale-iap-invoker': ['run-policy'],
  contested: ['run-policy'],
  'invoker-check-disabled': ['run-service'],
  'run-url-bypass': ['run-service'],
  'ingress-blocks-balancer': ['run-service'],
  'double-iap': ['run-service'],
  'iap-turned-off': ['backend'],
  'cdn-with-iap': ['backend'],
  'http2-classic-loop': ['backend'],
  'oauth-client-untrusted': ['backend'],
  'url-mask-target': ['neg'],
  'dangling-neg': ['neg'],
  'push-unauthenticated': ['subscription'],
  'push-audience-mismatch': ['subscription'],
  'push-caller-not-admitted': ['subscription'],
  'regional-audience': ['subscription'],
};

function kindOf({ resource, method }: EventCause): WatchedKind | undefined {
  const [, host = ''] = /^\/\/([^/]+)\//.exec(resource) ?? [];
  return findWatchedMethod(host, method)?.kind;
}
