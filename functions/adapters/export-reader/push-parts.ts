import { joinBalancers } from '../../core/estate/join-balancers.ts';
import type { ForwardingRule, TargetProxy } from '../../core/estate/normalize/frontend-parts.ts';
import { normalizeUrlMap } from '../../core/estate/normalize/url-map.ts';
import { compareText } from '../../core/finding.ts';
import type { Certificate, Inventory, PushSubscription, UrlMap } from '../../core/inventory.ts';
import type { SeenKinds } from './name-verdict.ts';
import type { AssetValue } from './parse-asset-value.ts';
import type { ProjectNames } from './project-names.ts';

/** What of an export says where a push arrives, as it is gathered. */
export interface PushParts {
  readonly urlMaps: UrlMap[];
  readonly proxies: TargetProxy[];
  readonly rules: ForwardingRule[];
  readonly certificates: Certificate[];
  readonly subscriptions: PushSubscription[];
  hasRule: boolean;
}

export function createPushParts(): PushParts {
  return { urlMaps: [], proxies: [], rules: [], certificates: [], subscriptions: [], hasRule: false };
}

/** Takes an asset's content, with canonical names already, if it is of this kind. */
export function collectPushPart(name: string, value: AssetValue, parts: PushParts, { canonical }: ProjectNames): void {
  switch (value.kind) {
    case 'url-map': {
      const map = normalizeUrlMap(value.raw, { name, canonicalProject: canonical });
      if (map) parts.urlMaps.push(map);
      break;
    }
    case 'proxy':
      parts.proxies.push(value.proxy);
      break;
    case 'forwarding-rule':
      parts.hasRule = true;
      if (value.rule) parts.rules.push(value.rule);
      break;
    case 'certificate':
      parts.certificates.push(value.certificate);
      break;
    case 'subscription':
      if (value.subscription) parts.subscriptions.push(value.subscription);
      break;
  }
}

/** Without URL maps, proxies or forwarding rules in the input nobody can say which hosts are served: then there are no balancers, not empty ones. */
export function buildPushPaths(
  { urlMaps, proxies, rules, certificates, subscriptions, hasRule }: PushParts,
  { hasSubscription }: SeenKinds,
): Pick<Inventory, 'balancers' | 'subscriptions'> {
  const isWhole = urlMaps.length > 0 && proxies.length > 0 && hasRule;
  const byName = <T extends { readonly name: string }>(all: T[]) => all.sort((a, b) => compareText(a.name, b.name));
  return {
    ...(isWhole
      ? {
          balancers: joinBalancers({
            urlMaps: byName(urlMaps),
            proxies,
            rules: byName(rules),
            certificates,
            unread: [],
          }),
        }
      : {}),
    ...(hasSubscription ? { subscriptions: byName(subscriptions) } : {}),
  };
}
