import type { Cloud } from '../cloud.ts';
import type { DoorRequest } from './door.ts';
import { type Balancer, hostRuleOf } from './find-balancer.ts';
import { at, listAt, textAt, textsAt } from './json.ts';
import { matchesRoute, unknownCondition } from './match-route.ts';
import { type Resource, resolveLink } from './resolve-link.ts';
import type { Turns } from './turns.ts';

/** Where a balancer sends a request. */
export type Destination =
  | { readonly kind: 'backend'; readonly backend: Resource }
  /** `action`: HttpRedirectAction of compute.v1; `prefix`: what the rule matched. */
  | { readonly kind: 'redirect'; readonly action: unknown; readonly prefix: string }
  /** The real balancer does something here that the sandbox does not. */
  | { readonly kind: 'not-modelled'; readonly what: string }
  | { readonly kind: 'nowhere' };

/** What the URL map makes of a request: host rule, path matcher, then path rules (the longest wins) or route rules (by priority). */
export function findDestination(
  cloud: Cloud,
  { urlMap, scheme }: Balancer,
  { request, turns }: { readonly request: DoorRequest; readonly turns: Turns },
): Destination {
  const map = urlMap.record;
  const rule = hostRuleOf(map, request.host, scheme);
  const matcher = listAt(map, 'pathMatchers').find((each) => at(each, 'name') === at(rule, 'pathMatcher'));
  const lead = (choice: Choice) => destinationOf(cloud, choice, { key: urlMap.key, turns });
  if (rule === undefined || matcher === undefined) return lead({ owner: map, isDefault: true, prefix: '/' });
  const path = pathRuleOf(matcher, request.path);
  if (path) return lead(path);
  const route = routeRuleOf(matcher, request);
  if (route) return 'what' in route ? { kind: 'not-modelled', what: route.what } : lead(route);
  return lead({ owner: matcher, isDefault: true, prefix: '/' });
}

interface Choice {
  /** URL map, path matcher or rule. */
  readonly owner: unknown;
  readonly isDefault?: boolean;
  readonly prefix: string;
}

/** `/shop/*` does not match `/shop`: Google's own examples always list both. */
function pathRuleOf(matcher: unknown, path: string): Choice | undefined {
  const matches = listAt(matcher, 'pathRules').flatMap((owner) =>
    textsAt(owner, 'paths')
      .map((pattern) => ({ owner, prefix: pattern.replace(/\*$/, ''), isOpen: pattern.endsWith('/*') }))
      .filter(({ prefix, isOpen }) => (isOpen ? path.startsWith(prefix) : path === prefix)),
  );
  // An exact path is longer than the open one that is spelled like it.
  return matches.toSorted((a, b) => b.prefix.length - a.prefix.length || Number(a.isOpen) - Number(b.isOpen))[0];
}

/** The lowest number first; a rule without conditions takes everything. */
function routeRuleOf(matcher: unknown, request: DoorRequest): Choice | { readonly what: string } | undefined {
  const rules = listAt(matcher, 'routeRules').toSorted(
    (a, b) => Number(at(a, 'priority') ?? 0) - Number(at(b, 'priority') ?? 0),
  );
  for (const owner of rules) {
    const conditions = listAt(owner, 'matchRules');
    if (conditions.length === 0) return { owner, prefix: '/' };
    for (const condition of conditions) {
      const unknown = unknownCondition(condition);
      if (unknown !== undefined) return { what: unknown };
      if (matchesRoute(condition, request)) return { owner, prefix: textAt(condition, 'prefixMatch') ?? request.path };
    }
  }
  return undefined;
}

function destinationOf(
  cloud: Cloud,
  { owner, isDefault, prefix }: Choice,
  { key, turns }: { readonly key: string; readonly turns: Turns },
): Destination {
  const [service, action, redirect] = isDefault
    ? ['defaultService', 'defaultRouteAction', 'defaultUrlRedirect']
    : ['service', 'routeAction', 'urlRedirect'];
  if (at(owner, redirect)) return { kind: 'redirect', action: at(owner, redirect), prefix };
  for (const name of ['urlRewrite', 'faultInjectionPolicy']) {
    if (at(owner, action, name)) return { kind: 'not-modelled', what: name };
  }
  const link = textAt(owner, service) ?? weightedOf(listAt(owner, action, 'weightedBackendServices'), key, turns);
  if (link?.includes('/backendBuckets/')) return { kind: 'not-modelled', what: `backend bucket ${link}` };
  const backend = resolveLink(cloud, link);
  return backend ? { kind: 'backend', backend } : { kind: 'nowhere' };
}

/** In turn, as often as their weights say; one of weight 0 never. */
function weightedOf(all: readonly unknown[], key: string, turns: Turns): string | undefined {
  const weights = all.map((each) => Math.max(0, Number(at(each, 'weight') ?? 0)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  let turn = turns.next(`${key} ${JSON.stringify(all)}`, total);
  const chosen = all.find((_, index) => {
    turn -= weights[index] ?? 0;
    return turn < 0;
  });
  return textAt(chosen, 'backendService');
}
